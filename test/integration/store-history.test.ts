import { beforeAll, describe, expect, test } from 'vitest';
import type { Segment } from '../../src/model/history.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { openForTests } from './open-for-tests.ts';
import { ALLOC_SPACE, CPU, framesOf, GOROUTINES, INUSE_SPACE, makeUpload, stackIdOf } from './store-support.ts';

const S = 1_000_000_000n;
const T0_S = 1_763_000_000;
const T0 = BigInt(T0_S) * S;
const RANGE = { fromNs: T0, untilNs: T0 + 86_400n * S };
const INUSE_OBJECTS = 'memory:inuse_objects:count:space:bytes';
const GOROUTINES_2023 = 'goroutine:goroutine:count:goroutine:count';
const GOROUTINE_LEAK = 'goroutine_leak:goroutineleak:count:goroutineleak:count';

let store: ProfileStore;
openForTests((opened) => {
  store = opened;
});

async function segmentsOf(tenant: string, maxPoints: number): Promise<readonly Segment[]> {
  return (await store.history({ tenant, service: 'shop', range: RANGE, maxPoints })).segments;
}

describe('one process that sends under two label sets', () => {
  const tenant = 'scopes';
  beforeAll(async () => {
    const labels = { pod: 'a', version: '7', __session_id__: 's' };
    const heap = { ...labels, 'otel.scope.name': 'heap' };
    await store.append(
      Array.from({ length: 10 }, (_, i) => [
        makeUpload({
          tenant,
          labels: heap,
          timeNs: T0 + BigInt(i) * 15n * S + 500_000_000n,
          period: 4096n,
          profiles: {
            [INUSE_SPACE]: { 'main.f': 100 * i, 'main.once': i === 3 ? 5 : 0 },
            [INUSE_OBJECTS]: { 'main.f': i },
            [ALLOC_SPACE]: { 'main.f': 1000 + i, '': 1 },
          },
        }),
        makeUpload({
          tenant,
          labels,
          timeNs: T0 + BigInt(i) * 15n * S,
          profiles: { [i % 2 === 0 ? GOROUTINES : GOROUTINES_2023]: { 'main.leak': i + 1, '': 1 }, [CPU]: { x: 1 } },
        }),
        makeUpload({ tenant, labels, timeNs: T0 + BigInt(i) * 15n * S, profiles: { [GOROUTINE_LEAK]: { stuck: 2 } } }),
      ]).flat(),
    );
  });

  test('has its columns in one buffer a kind, which moves to a thread at no cost', async () => {
    const [segment] = await segmentsOf(tenant, 100);
    const columns = [...(segment?.inuseSpace?.byStack.values() ?? [])];
    expect(columns).toHaveLength(2);
    expect(new Set(columns.map(({ buffer }) => buffer)).size).toBe(1);
  });

  test('is one segment, with every profile a point', async () => {
    const segments = await segmentsOf(tenant, 100);
    expect(segments).toHaveLength(1);
    const [segment] = segments;
    expect(segment).toMatchObject({ instance: 'a', version: '7', session: 's', heapPeriodBytes: 4096 });
    expect([...(segment?.goroutines?.timesS ?? [])]).toEqual(Array.from({ length: 10 }, (_, i) => T0_S + i * 15));
    expect([...(segment?.goroutines?.totals ?? [])]).toEqual(Array.from({ length: 10 }, (_, i) => i + 2));
    expect([...(segment?.goroutines?.coveredS ?? [])]).toEqual(Array(10).fill(15));
    expect([...(segment?.goroutineLeaks?.totals ?? [])]).toEqual(Array(10).fill(2));
    expect([...(segment?.inuseSpace?.timesS ?? [])].slice(0, 2)).toEqual([T0_S + 0.5, T0_S + 15.5]);
    expect([...(segment?.inuseSpace?.byStack.get(stackIdOf('main.once')) ?? [])]).toEqual([
      0, 0, 0, 5, 0, 0, 0, 0, 0, 0,
    ]);
    expect(segment?.goroutines?.byStack.has(0n)).toBe(false);
    expect(segment?.goroutines?.byStack.has(stackIdOf('x'))).toBe(false);
  });

  test('folds gauges to the last profile of a bin and counters to their sum, at the same times', async () => {
    const [segment] = await segmentsOf(tenant, 5);
    const { goroutines, inuseSpace, inuseObjects, allocSpace } = segment ?? {};
    expect([...(goroutines?.byStack.get(stackIdOf('main.leak')) ?? [])]).toEqual([2, 4, 6, 8, 10]);
    expect([...(goroutines?.coveredS ?? [])]).toEqual([30, 30, 30, 30, 30]);
    expect([...(inuseSpace?.byStack.get(stackIdOf('main.f')) ?? [])]).toEqual([100, 300, 500, 700, 900]);
    expect([...(allocSpace?.byStack.get(stackIdOf('main.f')) ?? [])]).toEqual([2001, 2005, 2009, 2013, 2017]);
    expect([...(allocSpace?.totals ?? [])]).toEqual([2003, 2007, 2011, 2015, 2019]);
    expect(allocSpace?.timesS).toEqual(inuseSpace?.timesS);
    expect(inuseObjects?.timesS).toEqual(inuseSpace?.timesS);
  });

  test('has the frames of all its stacks', async () => {
    const { stacks } = await store.history({ tenant, service: 'shop', range: RANGE, maxPoints: 5 });
    expect(stacks.get(stackIdOf('main.leak'))).toEqual(framesOf('main.leak'));
    expect(stacks.size).toBe(4);
  });
});

test('cuts a new segment at each restart and for each instance', async () => {
  const tenant = 'segments';
  const profiles = { [GOROUTINES]: { f: 1 } };
  const of = (labels: Record<string, string>) => makeUpload({ tenant, labels, timeNs: T0, profiles });
  await store.append([
    of({ pod: 'a', __session_id__: '1' }),
    of({ pod: 'a', __session_id__: '2' }),
    of({ pod: 'b', __session_id__: '1' }),
    of({ __session_id__: '3', service_version: 'v2' }),
    of({}),
    makeUpload({ tenant, labels: { pod: 'cpu only' }, timeNs: T0, profiles: { [CPU]: { f: 1 } } }),
    makeUpload({ tenant, service: 'till', labels: { pod: 'c' }, timeNs: T0, profiles }),
    makeUpload({ tenant, labels: { pod: 'too old' }, timeNs: T0 - 1n, profiles }),
  ]);
  const found = (await segmentsOf(tenant, 10)).map(
    ({ instance, version, session }) => `${instance}/${version}/${session}`,
  );
  expect(found.toSorted()).toEqual(['//', '3/v2/3', 'a//1', 'a//2', 'b//1']);
});

test('counts a profile once that a client sent twice', async () => {
  const tenant = 'twice';
  const upload = makeUpload({ tenant, labels: { pod: 'a' }, timeNs: T0, profiles: { [GOROUTINES]: { f: 4 } } });
  await store.append([upload, upload]);
  const [segment] = await segmentsOf(tenant, 10);
  expect([...(segment?.goroutines?.totals ?? [])]).toEqual([4]);
  expect([...(segment?.goroutines?.byStack.get(stackIdOf('f')) ?? [])]).toEqual([4]);
});

test('keeps the stacks with the largest values of a profile with very many', async () => {
  const tenant = 'many';
  const values = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, i + 1]));
  await store.append([
    makeUpload({ tenant, timeNs: T0, profiles: { [GOROUTINES]: values } }),
    makeUpload({ tenant, timeNs: T0 + S, profiles: { [GOROUTINES]: { ...values, f0: 1_000_000 } } }),
  ]);
  const [segment] = await segmentsOf(tenant, 10);
  const kept = segment?.goroutines?.byStack;
  expect(kept?.size).toBe(2000);
  expect([...(kept?.get(stackIdOf('f0')) ?? [])]).toEqual([1, 1_000_000]);
  expect(kept?.has(stackIdOf('f4999'))).toBe(true);
  expect(kept?.has(stackIdOf('f1'))).toBe(false);
  expect(segment?.goroutines?.totals[0]).toBe((5000 * 5001) / 2);
});

test('answers no segments for a service without profiles', async () => {
  const history = await store.history({ tenant: 'nobody', service: 'shop', range: RANGE, maxPoints: 10 });
  expect(history).toEqual({ service: 'shop', segments: [], stacks: new Map() });
});

test('leaves the oldest segments out of a service with thousands', async () => {
  const tenant = 'restarting';
  const uploads = Array.from({ length: 10_000 }, (_, i) =>
    makeUpload({
      tenant,
      labels: { __session_id__: `${i < 5000 ? 'old' : 'new'} ${i}` },
      timeNs: T0 + BigInt(i < 5000 ? 0 : 7200) * S,
      profiles: { [GOROUTINES]: { 'main.f': i } },
    }),
  );
  for (let at = 0; at < uploads.length; at += 1000) await store.append(uploads.slice(at, at + 1000));
  const segments = await segmentsOf(tenant, 400);
  expect(segments.length).toBeLessThan(9500);
  expect(segments.filter(({ session }) => session.startsWith('new'))).toHaveLength(5000);
});

test('reads a segment that is too large for one statement whole', async () => {
  const tenant = 'long';
  const count = 16_000;
  const uploads = Array.from({ length: count }, (_, i) =>
    makeUpload({
      tenant,
      timeNs: T0 + BigInt(i) * S,
      profiles: Object.fromEntries(
        [INUSE_SPACE, INUSE_OBJECTS, GOROUTINES, GOROUTINE_LEAK].map((type, k) => [type, { f: 4 * i + k + 1 }]),
      ),
    }),
  );
  for (let at = 0; at < count; at += 1000) await store.append(uploads.slice(at, at + 1000));
  const [segment] = await segmentsOf(tenant, 20_000);
  const kinds = [segment?.inuseSpace, segment?.inuseObjects, segment?.goroutines, segment?.goroutineLeaks];
  for (const [k, kind] of kinds.entries()) {
    const want = Float64Array.from({ length: count }, (_, i) => 4 * i + k + 1);
    expect(kind?.byStack.get(stackIdOf('f'))).toEqual(want);
    expect(kind?.totals).toEqual(want);
  }
});
