import { gzipSync } from 'node:zlib';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProfileFormat, QuerierService } from '../../src/wire/gen/querier/v1/querier_pb.ts';
import { TimeSeriesAggregationType } from '../../src/wire/gen/types/v1/types_pb.ts';
import { atMs, atNs, NOW_MS, type QueryServer, startQueryServer } from './query-support.ts';
import { CPU, GOROUTINES, INUSE_SPACE, makeUpload } from './store-support.ts';

const range = { start: atMs(0), end: atMs(60) };
const shop = { labelSelector: '{service_name="shop"}', ...range };

let server: QueryServer;
beforeAll(async () => {
  const a = { labels: { pod: 'a', version: 'v1', 'otel.scope.name': 'go' } };
  const b = { labels: { pod: 'b', version: 'v2' } };
  server = await startQueryServer({
    uploads: [
      makeUpload({
        ...a,
        timeNs: atNs(0),
        profiles: { [INUSE_SPACE]: { 'read;main': 100 }, [CPU]: { 'work;main': 10 } },
      }),
      makeUpload({
        ...a,
        timeNs: atNs(10),
        profiles: { [INUSE_SPACE]: { 'read;main': 300, 'z;main': 20 }, [CPU]: { 'work;main': 20 } },
      }),
      makeUpload({ ...b, timeNs: atNs(10.0004), profiles: { [INUSE_SPACE]: { main: 50 }, [CPU]: { 'work;main': 5 } } }),
      makeUpload({ ...a, timeNs: atNs(10), profiles: { [GOROUTINES]: { 'park;main': 193, '': 8 } } }),
      makeUpload({ service: 'ledger', timeNs: atNs(20), profiles: { [CPU]: { 'sum;main': 7 } } }),
    ],
  });
});
afterAll(() => server.close());

const clients = [
  ['Connect, JSON', () => createConnectTransport({ baseUrl: server.url, httpVersion: '1.1', useBinaryFormat: false })],
  [
    'Connect, protobuf',
    () => createConnectTransport({ baseUrl: server.url, httpVersion: '1.1', useBinaryFormat: true }),
  ],
  ['gRPC-Web', () => createGrpcWebTransport({ baseUrl: server.url, httpVersion: '1.1' })],
] as const;

describe.each(clients)('the query service over %s', (_name, transport) => {
  const client = () => createClient(QuerierService, transport());

  it('lists profile types', async () => {
    const { profileTypes } = await client().profileTypes(range);
    expect(profileTypes.map((type) => type.ID)).toEqual([GOROUTINES, INUSE_SPACE, CPU]);
    expect(profileTypes[1]).toMatchObject({
      name: 'memory',
      sampleType: 'inuse_space',
      sampleUnit: 'bytes',
      periodType: 'space',
      periodUnit: 'bytes',
    });
    expect((await client().profileTypes({})).profileTypes).toHaveLength(3);
  });

  it('lists label names and values', async () => {
    const { names } = await client().labelNames({ matchers: ['{service_name="shop"}'], ...range });
    expect(names).toEqual(expect.arrayContaining(['pod', 'version', 'service_name', '__profile_type__']));
    expect(names).not.toContain('otel.scope.name');
    const headers = { Accept: 'application/json;allow-utf8-labelnames=true' };
    expect((await client().labelNames(range, { headers })).names).toContain('otel.scope.name');
    const values = await client().labelValues({ name: 'version', matchers: ['{pod=~"a|b"}', '{pod!="b"}'], ...range });
    expect(values.names).toEqual(['v1']);
  });

  it('lists series', async () => {
    const { labelsSet } = await client().series({ labelNames: ['service_name', '__profile_type__'], ...range });
    expect(labelsSet.map(({ labels }) => labels.map(({ value }) => value).join(' ')).sort()).toEqual([
      `${GOROUTINES} shop`,
      `${INUSE_SPACE} shop`,
      `${CPU} ledger`,
      `${CPU} shop`,
    ]);
    const all = await client().series({ matchers: ['{pod="a"}', `{__profile_type__="${CPU}"}`], ...range });
    expect(all.labelsSet).toHaveLength(1);
    expect(all.labelsSet[0]!.labels.map(({ name }) => name)).not.toContain('otel.scope.name');
  });

  it('averages the snapshots of each series and adds series', async () => {
    const { flamegraph } = await client().selectMergeStacktraces({ profileTypeID: INUSE_SPACE, ...shop });
    expect(flamegraph!.names).toEqual(['total', 'main', 'read', 'z']);
    expect(flamegraph!.levels.map(({ values }) => values.map(Number))).toEqual([
      [0, 260, 0, 0],
      [0, 260, 50, 1],
      [50, 200, 200, 2, 0, 10, 10, 3],
    ]);
    expect([flamegraph!.total, flamegraph!.maxSelf]).toEqual([260n, 200n]);
  });

  it('adds counters, accepts `:delta`, and folds to maxNodes', async () => {
    const query = { profileTypeID: `${CPU}:delta`, ...range, labelSelector: '{}' };
    const { flamegraph } = await client().selectMergeStacktraces({ ...query, maxNodes: 3n });
    expect(flamegraph!.total).toBe(42n);
    expect(flamegraph!.names).toEqual(['total', 'main', 'work', 'other']);
  });

  it('keeps the stacks that begin with the call site', async () => {
    const callSite = (...names: string[]) => ({ stackTraceSelector: { callSite: names.map((name) => ({ name })) } });
    const merged = (selector: object) =>
      client().selectMergeStacktraces({ profileTypeID: INUSE_SPACE, ...shop, ...selector });
    expect((await merged(callSite('main', 'read'))).flamegraph!.total).toBe(200n);
    expect((await merged(callSite('read'))).flamegraph).toMatchObject({ names: ['total'], total: 0n });
    const series = await client().selectSeries({
      profileTypeID: INUSE_SPACE,
      ...shop,
      step: 60,
      ...callSite('main', 'z'),
    });
    expect(series.series[0]!.points.map(({ value }) => value)).toEqual([0, 20]);
  });

  it('answers pprof', async () => {
    const format = ProfileFormat.PPROF;
    const { pprof, flamegraph } = await client().selectMergeStacktraces({ profileTypeID: CPU, ...shop, format });
    const { stringTable, sample, location, function: functions, ...profile } = pprof!.profile!;
    const nameOf = (id: bigint) =>
      stringTable[Number(functions[Number(location[Number(id) - 1]!.line[0]!.functionId) - 1]!.name)];
    expect(flamegraph).toBeUndefined();
    expect(sample.map(({ locationId, value }) => [locationId.map(nameOf), value])).toEqual([[['work', 'main'], [35n]]]);
    expect(profile.sampleType.map(({ type, unit }) => [stringTable[Number(type)], stringTable[Number(unit)]])).toEqual([
      ['cpu', 'nanoseconds'],
    ]);
    expect([profile.timeNanos, profile.durationNanos, profile.period]).toEqual([
      atNs(60),
      60_000_000_000n,
      1_000_000_000n,
    ]);
  });

  it('puts a profile into the step that ends at or after its millisecond', async () => {
    const points = async (start: number, end: number, step: number, type = CPU) => {
      const request = {
        profileTypeID: type,
        labelSelector: '{service_name="shop"}',
        start: atMs(start),
        end: atMs(end),
        step,
      };
      const { series } = await client().selectSeries(request);
      return series.flatMap((one) =>
        one.points.map(({ timestamp, value }) => [Number(timestamp - atMs(0)) / 1000, value]),
      );
    };
    expect(await points(0, 60, 10)).toEqual([
      [0, 10],
      [10, 25],
    ]);
    expect(await points(5, 60, 10)).toEqual([
      [5, 10],
      [15, 25],
    ]);
    expect(await points(10, 10, 10)).toEqual([[10, 25]]);
    expect(await points(0, 9, 5)).toEqual([[0, 10]]);
    expect(await points(0, 60, 20, INUSE_SPACE)).toEqual([
      [0, 100],
      [20, 370],
    ]);
    expect(await points(0, 60, 60, GOROUTINES)).toEqual([[60, 201]]);
  });

  it('adds snapshots only when asked to', async () => {
    const value = async (aggregation?: TimeSeriesAggregationType) => {
      const request = {
        profileTypeID: INUSE_SPACE,
        ...shop,
        start: atMs(20),
        step: 60,
        ...(aggregation === undefined ? {} : { aggregation }),
      };
      return (await client().selectSeries(request)).series[0]!.points[0]!.value;
    };
    expect(await value()).toBe(260);
    expect(await value(TimeSeriesAggregationType.AVERAGE)).toBe(260);
    expect(await value(TimeSeriesAggregationType.SUM)).toBe(470);
  });

  it('groups and keeps the largest series', async () => {
    const request = { profileTypeID: CPU, labelSelector: '{}', ...range, step: 60, groupBy: ['pod'] };
    const grouped = async (limit: bigint) => {
      const { series } = await client().selectSeries({ ...request, limit });
      return series.map(({ labels, points }) => [
        labels.map(({ name, value }) => `${name}=${value}`).join(),
        points.at(-1)!.value,
      ]);
    };
    expect((await grouped(0n)).sort()).toEqual([
      ['', 7],
      ['pod=a', 20],
      ['pod=b', 5],
    ]);
    expect(await grouped(1n)).toEqual([['pod=a', 20]]);
  });

  it('compares two queries', async () => {
    const side = (pod: string) => ({ profileTypeID: CPU, ...range, labelSelector: `{pod="${pod}"}` });
    const { flamegraph } = await client().diff({ left: side('a'), right: side('b') });
    expect(flamegraph).toMatchObject({ names: ['total', 'main', 'work'], leftTicks: 30n, rightTicks: 5n, total: 35n });
    expect(flamegraph!.levels[2]!.values).toEqual([0n, 30n, 30n, 0n, 5n, 5n, 2n]);
    const none = await client().diff({ left: side('x'), right: side('y') });
    expect(none.flamegraph!.levels.map(({ values }) => values)).toEqual([[0n, 0n, 0n, 0n, 0n, 0n, 0n]]);
  });

  it('answers a range before the retention with nothing', async () => {
    const old = { start: 1000n, end: 2000n };
    expect((await client().labelNames(old)).names).toEqual([]);
    expect((await client().selectSeries({ profileTypeID: CPU, labelSelector: '{}', ...old, step: 1 })).series).toEqual(
      [],
    );
    const { flamegraph } = await client().selectMergeStacktraces({ profileTypeID: CPU, labelSelector: '{}', ...old });
    expect(flamegraph).toMatchObject({ names: ['total'], total: 0n });
  });

  it('reads a range of any length', async () => {
    const query = { profileTypeID: CPU, labelSelector: '{}', start: 1n, end: BigInt(NOW_MS) * 1000n };
    expect((await client().selectMergeStacktraces(query)).flamegraph!.total).toBe(42n);
    const { series } = await client().selectSeries({ ...query, step: 3600 });
    expect(series[0]!.points).toHaveLength(1);
  });

  const stacktraces = { profileTypeID: CPU, ...shop };
  it.each<[string, () => Promise<unknown>, Code, RegExp]>([
    ['no range', () => client().labelNames({}), Code.InvalidArgument, /missing time range.*LS-2001/],
    [
      'start after end',
      () => client().series({ start: 2n, end: 1n }),
      Code.InvalidArgument,
      /start 2 is after end 1.*LS-2002/,
    ],
    ['no label name', () => client().labelValues(range), Code.InvalidArgument, /`name`/],
    [
      'an empty selector',
      () => client().labelNames({ ...range, matchers: [''] }),
      Code.InvalidArgument,
      /is empty.*LS-2003/,
    ],
    ['a broken selector', () => client().labelNames({ ...range, matchers: ['{a='] }), Code.InvalidArgument, /LS-2003/],
    [
      'a broken expression',
      () => client().labelNames({ ...range, matchers: ['{a=~"("}'] }),
      Code.InvalidArgument,
      /LS-2003/,
    ],
    [
      'a broken type',
      () => client().selectMergeStacktraces({ ...stacktraces, profileTypeID: 'cpu' }),
      Code.InvalidArgument,
      /must be of the form.*LS-2004/,
    ],
    [
      'maxNodes -1',
      () => client().selectMergeStacktraces({ ...stacktraces, maxNodes: -1n }),
      Code.InvalidArgument,
      /`maxNodes`/,
    ],
    [
      'too many nodes',
      () => client().selectMergeStacktraces({ ...stacktraces, maxNodes: 1048577n }),
      Code.InvalidArgument,
      /`maxNodes`/,
    ],
    ['step 0', () => client().selectSeries({ ...stacktraces, step: 0 }), Code.InvalidArgument, /`step`/],
    [
      'a step below 1 ms',
      () => client().selectSeries({ ...stacktraces, step: 0.0009 }),
      Code.InvalidArgument,
      /`step`/,
    ],
    ['a diff of one side', () => client().diff({ left: stacktraces }), Code.InvalidArgument, /`right`/],
    [
      'format dot',
      () => client().selectMergeStacktraces({ ...stacktraces, format: ProfileFormat.DOT }),
      Code.Unimplemented,
      /DOT.*LS-2014/,
    ],
    [
      'spans',
      () => client().selectMergeStacktraces({ ...stacktraces, spanSelector: ['9a517183f26a089d'] }),
      Code.Unimplemented,
      /spanSelector/,
    ],
  ])('refuses %s', async (_what, ask, code, message) => {
    const error = await ask().then(
      () => undefined,
      (failure: unknown) => ConnectError.from(failure),
    );
    expect(error?.code).toBe(code);
    expect(error?.message).toMatch(message);
  });
});

describe('the transport of the query service', () => {
  const path = '/querier.v1.QuerierService/SelectMergeStacktraces';
  const post = (body: string | Buffer, headers: Record<string, string>, method = path) =>
    fetch(new URL(method, server.url), { method: 'POST', body, headers });
  const json = { 'Content-Type': 'application/json' };

  it('reads snake_case, numbers, gzip and unknown fields, and writes int64 as text', async () => {
    const body = {
      profile_typeID: CPU,
      label_selector: '{pod="a"}',
      start: Number(range.start),
      end: `${range.end}`,
      later: 1,
      format: 'PROFILE_FORMAT_NEW',
    };
    const answer = await post(gzipSync(JSON.stringify(body)), { ...json, 'Content-Encoding': 'gzip' });
    expect(await answer.json()).toEqual({
      flamegraph: {
        names: ['total', 'main', 'work'],
        levels: [
          ['0', '30', '0', '0'],
          ['0', '30', '0', '1'],
          ['0', '30', '30', '2'],
        ].map((values) => ({ values })),
        total: '30',
        maxSelf: '30',
      },
    });
  });

  it('leaves empty fields out', async () => {
    const request = JSON.stringify({
      profileTypeID: CPU,
      labelSelector: '{pod="x"}',
      start: `${range.start}`,
      end: `${range.end}`,
      step: 15,
    });
    expect(await (await post(request, json)).json()).toEqual({
      flamegraph: { names: ['total'], levels: [{ values: ['0', '0', '0', '0'] }] },
    });
    expect(await (await post(request, json, path.replace('SelectMergeStacktraces', 'SelectSeries'))).json()).toEqual(
      {},
    );
  });

  it('answers errors in JSON to protobuf requests too', async () => {
    const answer = await post(Buffer.of(), { 'Content-Type': 'application/proto' });
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([400, 'application/json']);
    expect(await answer.json()).toMatchObject({ code: 'invalid_argument', message: expect.stringContaining('LS-') });
  });

  it('carries id, remedy and details as a detail', async () => {
    const answer = await post('{"profileTypeID":"cpu","start":"1","end":"2"}', json);
    const debug = { id: 'LS-2004', remedy: 'ProfileTypes lists the ids that exist.', details: { text: 'cpu' } };
    expect(await answer.json()).toMatchObject({ details: [{ type: 'google.protobuf.Struct', debug }] });
  });

  it.each<[string, () => Promise<Response>, number, string]>([
    ['another content type', () => post('{}', { 'Content-Type': 'text/plain' }), 415, 'unknown'],
    ['broken JSON', () => post('{', json), 400, 'invalid_argument'],
    ['an empty JSON body', () => post('', json), 400, 'invalid_argument'],
    [
      'a malformed protobuf message',
      () => post(Buffer.of(0x0a, 0x7f, 0x01), { 'Content-Type': 'application/proto' }),
      400,
      'invalid_argument',
    ],
    [
      'a malformed protobuf message, compressed',
      () => post(gzipSync(Buffer.of(0xff)), { 'Content-Type': 'application/proto', 'Content-Encoding': 'gzip' }),
      400,
      'invalid_argument',
    ],
    [
      'another protocol version',
      () => post('{}', { ...json, 'Connect-Protocol-Version': '2' }),
      400,
      'invalid_argument',
    ],
    ['an unknown encoding', () => post('{}', { ...json, 'Content-Encoding': 'zip' }), 501, 'unimplemented'],
    ['an unknown method', () => post('{}', json, '/querier.v1.QuerierService/Nothing'), 404, 'not_found'],
  ])('refuses %s', async (_what, ask, status, code) => {
    const answer = await ask();
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ code })]);
  });

  it('answers GET with 405 and what is allowed', async () => {
    const answer = await fetch(new URL(`${path}?connect=v1&encoding=json&message={}`, server.url));
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'POST']);
    expect(await answer.json()).toMatchObject({ code: 'unimplemented', id: 'LS-2011' });
  });
});
