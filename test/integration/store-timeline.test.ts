import { expect, test } from 'vitest';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { openForTests } from './open-for-tests.ts';
import { CPU, INUSE_SPACE, makeUpload } from './store-support.ts';

/** The level of gauges over several instances, whatever the step. */

const MS = 1_000_000n;
const T0 = 1_763_000_000_000n * MS;

let store: ProfileStore;
openForTests((opened) => {
  store = opened;
});

/** Snapshots of one pod at these ms after T0, all of one value. */
function pod(tenant: string, name: string, value: number, atMs: readonly number[]) {
  return atMs.map((ms) => {
    const profiles = { [INUSE_SPACE]: { f: value }, [CPU]: { f: value } };
    return makeUpload({ tenant, labels: { pod: name }, timeNs: T0 + BigInt(ms) * MS, profiles });
  });
}

function every(intervalMs: number, firstMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => firstMs + i * intervalMs);
}

/** Values of the only series, by step. */
async function valuesOf(tenant: string, stepMs: number, fromMs: number, untilMs: number, more: object = {}) {
  const series = await store.timeline({
    tenant,
    selector: [],
    range: { fromNs: T0 + BigInt(fromMs) * MS, untilNs: T0 + BigInt(untilMs) * MS },
    profileType: INUSE_SPACE,
    aggregation: 'mean',
    stepNs: BigInt(stepMs) * MS,
    groupBy: [],
    ...more,
  });
  return series[0]?.values ?? [];
}

test('two instances that upload one after the other have one level at any zoom', async () => {
  const tenant = 'zoom';
  await store.append([
    ...pod(tenant, 'a', 14, every(15_000, 0, 40)),
    ...pod(tenant, 'b', 20, every(15_000, 7_000, 40)),
  ]);
  for (const stepMs of [1_000, 5_000, 7_000, 10_000, 14_999, 15_000, 20_000, 60_000]) {
    for (const [fromMs, untilMs] of [
      [30_000, 540_000],
      [100_001, 163_000],
    ] as const) {
      const values = await valuesOf(tenant, stepMs, fromMs, untilMs);
      expect(new Set(values), `step ${stepMs}, from ${fromMs}`).toEqual(new Set([34]));
    }
  }
  expect(new Set(await valuesOf(tenant, 10_000, 30_000, 540_000, { aggregation: 'last' }))).toEqual(new Set([34]));
  expect(new Set(await valuesOf(tenant, 5_000, 30_000, 540_000, { aggregation: 'sum' }))).toEqual(new Set([14, 20]));
  expect(new Set(await valuesOf(tenant, 5_000, 30_000, 540_000, { profileType: CPU }))).toEqual(new Set([14, 20]));
});

test('jitter around the step does not show', async () => {
  const tenant = 'jitter';
  const jitter = (i: number, k: number) => [-300, 0, 300, 150, -150][(i * 2 + k * 3) % 5]!;
  await store.append(
    [0, 1, 2, 3, 4].flatMap((i) =>
      pod(
        tenant,
        `p${i}`,
        10,
        every(15_000, 0, 40).map((ms, k) => ms + 1_000 + jitter(i, k)),
      ),
    ),
  );
  const values = await valuesOf(tenant, 15_000, 31_000, 541_000);
  expect(values).toEqual(values.map(() => 50));
  expect(values.length).toBeGreaterThan(30);
});

test('a series counts from its first to its last snapshot, except where it pauses', async () => {
  const tenant = 'pause';
  const paused = [...every(10_000, 20_000, 5), ...every(10_000, 100_000, 4), ...every(10_000, 150_000, 3)];
  await store.append([...pod(tenant, 'all', 1, every(1_000, 0, 200)), ...pod(tenant, 'paused', 100, paused)]);
  const values = await valuesOf(tenant, 5_000, 0, 195_000);
  const present = values.flatMap((value, i) => (value === 101 ? [i * 5] : []));
  // Last before the pause: 60 s; first after: 100 s. A gap of 20 s is bridged.
  const want = [...every(5, 20, 9), ...every(5, 100, 15)];
  expect(present).toEqual(want);
});

test('neither fills steps in which the group has no profile nor joins groups', async () => {
  const tenant = 'groups';
  await store.append([...pod(tenant, 'a', 14, every(15_000, 0, 5)), ...pod(tenant, 'b', 20, every(15_000, 7_000, 5))]);
  const series = await store.timeline({
    tenant,
    selector: [],
    range: { fromNs: T0, untilNs: T0 + 67_000n * MS },
    profileType: INUSE_SPACE,
    aggregation: 'mean',
    stepNs: 1_000n * MS,
    groupBy: ['pod'],
  });
  expect(series.map(({ values }) => values)).toEqual([Array(5).fill(14), Array(5).fill(20)]);
});
