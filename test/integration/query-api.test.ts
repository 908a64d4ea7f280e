import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Judgement } from '../../src/model/finding.ts';
import type { LedgerRow } from '../../src/store/profile-store.ts';
import type {
  CallTreeAnswer,
  CaseAnswer,
  Finding,
  FindingsAnswer,
  ServicesAnswer,
  StatusAnswer,
} from '../../src/wire/api.ts';
import { atMs, atNs, NOW_MS, type QueryServer, RETENTION_MS, startQueryServer } from './query-support.ts';
import { CPU, GOROUTINES, INUSE_SPACE, makeUpload } from './store-support.ts';

const JUDGED_MS = NOW_MS - 5000;

/** A row as the ledger holds it; the routes look at these parts of the finding alone. */
function ledgerRow(
  id: string,
  service: string,
  state: string,
  verdict: 'leak' | 'watch',
  score: number,
  since = 0,
): LedgerRow {
  const growingSince = new Date(Number(atMs(since))).toISOString();
  return {
    id,
    service,
    state,
    verdict,
    updatedNs: atNs(30),
    finding: JSON.stringify({ id, service, state, verdict, score, growingSince, siteKeys: ['x'], wasLeak: true }),
    evidence: JSON.stringify({ fromMs: 1, untilMs: 2 }),
  };
}

const judgements: Record<string, Judgement> = {
  shop: {
    service: 'shop',
    verdict: 'nodata',
    note: 'Silent: the last profile came at 13:51 UTC.',
    isSilent: true,
    incidents: [],
  },
  mail: { service: 'mail', verdict: 'steady', note: 'Judged.', isSilent: false, incidents: [] },
};

const WIDE = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`main.allocate${i};main.main`, i + 1]));

let server: QueryServer;
beforeAll(async () => {
  const heap = { [INUSE_SPACE]: { 'read;main': 100, main: 1 } };
  server = await startQueryServer({
    uploads: [
      makeUpload({ labels: { pod: 'a', version: 'v1' }, timeNs: atNs(0), profiles: heap }),
      makeUpload({
        labels: { pod: 'a', version: 'v1' },
        timeNs: atNs(30),
        profiles: { [INUSE_SPACE]: { 'read;main': 200 } },
      }),
      makeUpload({
        labels: { pod: 'b', version: 'v2' },
        timeNs: atNs(30),
        profiles: { [INUSE_SPACE]: { 'f;g;f;main': 7 } },
      }),
      makeUpload({
        labels: { pod: 'b', version: 'v2' },
        timeNs: atNs(60),
        profiles: { [GOROUTINES]: { 'park;main': 12 } },
      }),
      makeUpload({ service: 'mail', timeNs: atNs(60), profiles: { [CPU]: { main: 3 } } }),
      makeUpload({ service: 'new', timeNs: atNs(60), profiles: { [CPU]: { main: 3 } } }),
      makeUpload({ labels: { pod: 'wide' }, timeNs: atNs(-200_000), profiles: { [INUSE_SPACE]: WIDE } }),
      makeUpload({ service: 'gone', timeNs: atNs(-90_000), profiles: { [CPU]: { main: 3 } } }),
    ],
    findings: [
      ledgerRow('11', 'shop', 'open', 'watch', 99),
      ledgerRow('12', 'shop', 'open', 'leak', 40, 20),
      ledgerRow('13', 'shop', 'regressed', 'leak', 40, 10),
      ledgerRow('14', 'shop', 'closed', 'leak', 90),
      ledgerRow('9', 'shop', 'closed', 'leak', 90),
      ledgerRow('18446744073709551615', 'mail', 'muted', 'leak', 70),
    ],
    judge: { judgementOf: (service) => judgements[service], judgedAtMs: JUDGED_MS },
  });
});
afterAll(() => server.close());

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(new URL(path, server.url));
  expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'no-store']);
  return (await answer.json()) as T;
}

async function refusal(path: string): Promise<{ status: number; message: string; id: string }> {
  const answer = await fetch(new URL(path, server.url));
  return { status: answer.status, ...((await answer.json()) as { message: string; id: string }) };
}

describe('GET /api/v1/findings', () => {
  const ids = async (query: string) =>
    (await get<FindingsAnswer>(`/api/v1/findings${query}`)).findings.map(({ id }: Finding) => id);

  it('answers open and regressed findings, most urgent first', async () => {
    expect(await ids('')).toEqual(['13', '12', '11']);
  });

  it('filters by service, verdict and state', async () => {
    expect(await ids('?state=all')).toEqual(['9', '14', '18446744073709551615', '13', '12', '11']);
    expect(await ids('?state=closed')).toEqual(['9', '14']);
    expect(await ids('?verdict=watch')).toEqual(['11']);
    expect(await ids('?service=mail')).toEqual([]);
    expect(await ids('?service=mail&state=muted')).toEqual(['18446744073709551615']);
  });

  it('refuses states and verdicts that there are not', async () => {
    expect(await refusal('/api/v1/findings?state=new')).toMatchObject({
      status: 400,
      id: 'LS-1002',
      message: expect.stringContaining('`state`'),
    });
    expect(await refusal('/api/v1/findings?verdict=steady')).toMatchObject({
      status: 400,
      message: expect.stringContaining('`verdict`'),
    });
  });

  it('answers one with its evidence', async () => {
    const found = await get<CaseAnswer>('/api/v1/findings/18446744073709551615');
    expect(found.finding).toMatchObject({ service: 'mail', state: 'muted' });
    expect(found.finding).not.toHaveProperty('siteKeys');
    expect(found.finding).not.toHaveProperty('wasLeak');
    expect(found.evidence).toEqual({ fromMs: 1, untilMs: 2 });
    expect(found.judgedAt).toBe(new Date(JUDGED_MS).toISOString());
  });

  it.each(['15', '012a', '-1', '99999999999999999999999'])('answers 404 for %s', async (id) => {
    expect(await refusal(`/api/v1/findings/${id}`)).toMatchObject({ status: 404, id: 'LS-2010' });
  });
});

describe('GET /api/v1/services', () => {
  it('answers verdicts, findings and sparklines', async () => {
    const { services, judgedAt } = await get<ServicesAnswer>('/api/v1/services');
    expect(judgedAt).toBe(new Date(JUDGED_MS).toISOString());
    expect(services.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['shop', 'leak'],
      ['new', 'nodata'],
      ['mail', 'steady'],
    ]);
    const shop = services[0]!;
    // Silent, but what leaks stays on top.
    expect(shop.note).toBe('Silent: the last profile came at 13:51 UTC.');
    expect(shop).toMatchObject({ versions: ['v1', 'v2'], instances: 2, findings: 3, topFinding: { id: '13' } });
    expect(shop.firstSeen).toBe(new Date(Number(atMs(0))).toISOString());
    expect(shop.lastSeen).toBe(new Date(Number(atMs(60))).toISOString());
    // The service sends a heap every 30 s, so the step is that wide and not 1 s.
    expect(shop.heapBytes).toEqual({ fromMs: Number(atMs(0)), stepMs: 30_000, values: [101, 207, null] });
    expect(shop.goroutines!.values).toEqual([...new Array(60).fill(null), 12]);
    expect(services[1]).toMatchObject({ note: 'Not judged yet.', goroutines: null, heapBytes: null, topFinding: null });
  });

  it('looks at the range that is asked for', async () => {
    const { services } = await get<ServicesAnswer>('/api/v1/services?from=now-2d&until=now-1d');
    expect(services.map(({ name }) => name)).toEqual(['gone']);
  });

  it('answers a range without profiles', async () => {
    expect((await get<ServicesAnswer>('/api/v1/services?from=0&until=2020-01-01')).services).toEqual([]);
  });
});

describe('GET /api/v1/calltree', () => {
  const path = (query: string) => `/api/v1/calltree?service=shop&type=${INUSE_SPACE}${query}`;
  const named = ({ strings, nodes }: CallTreeAnswer) =>
    nodes.name.map((name, i) => [strings[name], nodes.parent[i], nodes.self[i], nodes.total[i]]);

  it('answers columns and the exact table of functions', async () => {
    const tree = await get<CallTreeAnswer>(path(''));
    expect(tree).toMatchObject({
      unit: 'bytes',
      isGauge: true,
      aggregation: 'mean',
      total: 157.5,
      profileCount: 3,
      seriesCount: 2,
      stackCount: 3,
      folded: { nodes: 0, value: 0 },
    });
    expect(named(tree)).toEqual([
      ['total', -1, 0, 157.5],
      ['main', 0, 0.5, 157.5],
      ['read', 1, 150, 150],
      ['f', 1, 0, 7],
      ['g', 3, 0, 7],
      ['f', 4, 7, 7],
    ]);
    const { name, file, self, total } = tree.functions;
    expect(name.map((id, i) => [tree.strings[id], tree.strings[file[i]!], self[i], total[i]])).toEqual([
      ['read', 'read.go', 150, 150],
      ['f', 'f.go', 7, 7],
      ['main', 'main.go', 0.5, 157.5],
      ['g', 'g.go', 0, 7],
    ]);
  });

  it('goes gzipped to who accepts that, if it is long', async () => {
    const rawLength = async (query: string, encodings: string) => {
      const answer = await server.app.inject({ url: path(query), headers: { 'accept-encoding': encodings } });
      return [answer.headers['content-encoding'], answer.rawPayload.length] as const;
    };
    const wide = '&q=service_name!="x"&from=0';
    const [plain, gzipped] = [await rawLength(wide, 'gzip;q=0, br'), await rawLength(wide, 'br, gzip')];
    expect([plain[0], gzipped[0]]).toEqual([undefined, 'gzip']);
    expect(gzipped[1]).toBeLessThan(plain[1] / 3);
    expect((await rawLength('&from=now-1m', 'gzip'))[0]).toBeUndefined();
  });

  it('takes matchers, range and aggregation', async () => {
    const total = async (query: string) => (await get<CallTreeAnswer>(path(query))).total;
    expect(await total('&agg=last')).toBe(207);
    expect(await total('&agg=sum')).toBe(308);
    expect(await total(`&q=${encodeURIComponent('pod="b"')}`)).toBe(7);
    expect(await total(`&q=${encodeURIComponent('{version=~"v1|v3"}')}`)).toBe(150.5);
    expect(await total(`&from=${atMs(20)}&until=${new Date(Number(atMs(40))).toISOString()}`)).toBe(207);
    expect(await total('&from=now-1m')).toBe(0);
  });

  it.each([
    ['service', '/api/v1/calltree?type=a:b:c:d:e', /`service`: is missing/],
    ['type', '/api/v1/calltree?service=shop', /`type`: is missing/],
    ['type', '/api/v1/calltree?service=shop&type=heap', /must be of the form/],
    ['from', path('&from=yesterdy'), /`from`: `yesterdy` is not a time/],
    ['the order', path('&from=now&until=now-1h'), /`from` is after `until`/],
    ['agg', path('&agg=p99'), /`agg`: `p99` is not one of mean, last, max, sum/],
    ['q', path('&q=pod'), /label selector/],
  ])('refuses a wrong %s', async (_name, wrong, message) => {
    const answer = await refusal(wrong);
    expect(answer.status).toBe(400);
    expect(answer.message).toMatch(message);
  });
});

describe('GET /api/v1/status', () => {
  it('tells what the server is and holds', async () => {
    const status = await get<StatusAnswer>('/api/v1/status');
    expect(status).toMatchObject({
      version: '0.0.0-test',
      now: new Date(NOW_MS).toISOString(),
      profilesStored: 8,
      leakMinAgeMs: 1_800_000,
      retentionMs: RETENTION_MS,
    });
    expect(status.sizeBytes).toBeGreaterThan(0);
  });
});
