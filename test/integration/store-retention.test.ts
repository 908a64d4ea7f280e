import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { openForTests } from './open-for-tests.ts';
import { CPU, INUSE_SPACE, makeUpload, stackIdOf } from './store-support.ts';

const S = 1_000_000_000n;
const HOUR = 3600n * S;
const DAY = 24n * HOUR;
/** Midnight in UTC. */
const DAY_0 = 20_000n * DAY;
const EVER = { fromNs: 0n, untilNs: DAY_0 + 100n * DAY };

let store: ProfileStore;
const directory = openForTests((opened) => {
  store = opened;
});

/** 40 uploads at a time, each with 500 stacks that compress badly. */
function uploadsOf(tenant: string, name: string, timeNs: bigint) {
  return Array.from({ length: 40 }, (_, i) => {
    const stacks = Array.from({ length: 500 }, (_, k) => [
      `${name} ${i} ${k}`,
      Number(stackIdOf(`${i} ${k}`) % 100_000n),
    ]);
    const values = Object.fromEntries(stacks) as Record<string, number>;
    const labels = { pod: name };
    return makeUpload({
      tenant,
      labels,
      timeNs: timeNs + BigInt(i),
      profiles: { [CPU]: values, [INUSE_SPACE]: values },
    });
  });
}

function sizeOnDisk(path: string): number {
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  let sizeBytes = 0;
  for (const entry of entries) {
    // A part may go between listing and asking.
    if (entry.isFile()) sizeBytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return sizeBytes;
}

test('deletes what is older than the cutoff, symbols and series too, and frees the disk', async () => {
  const tenant = 'anonymous';
  const emptyBytes = sizeOnDisk(directory.path);
  for (const [name, timeNs] of [
    ['first', DAY_0],
    ['second', DAY_0 + 30n * HOUR],
    ['third morning', DAY_0 + 2n * DAY],
    ['third noon', DAY_0 + 2n * DAY + 12n * HOUR],
  ] as const) {
    await store.append(uploadsOf(tenant, name, timeNs));
  }
  const query = { tenant, selector: [], range: EVER };
  const fullBytes = sizeOnDisk(directory.path);
  expect((await store.stats()).profiles).toBe(320);

  // Two whole days: their files go at once.
  expect(await store.deleteOlderThan(DAY_0 + 2n * DAY)).toBe(160);
  expect(sizeOnDisk(directory.path) - emptyBytes).toBeLessThan((fullBytes - emptyBytes) * 0.6);

  // Within a day: the parts that hold older rows are rewritten.
  const before = await store.stats();
  const cutoffNs = DAY_0 + 2n * DAY + 6n * HOUR;
  expect(await store.deleteOlderThan(cutoffNs)).toBe(80);
  expect(await store.deleteOlderThan(cutoffNs)).toBe(0);
  expect(await store.labelValues(query, 'pod')).toEqual(['third noon']);
  const merged = await store.mergeStacks({ ...query, profileType: CPU, aggregation: 'sum' });
  expect(merged.profileCount).toBe(40);
  expect(merged.stacks.size).toBe(merged.values.size);
  const [service] = await store.services(tenant, EVER);
  expect(service?.firstSeenNs).toBe(DAY_0 + 2n * DAY + 12n * HOUR);
  const after = await store.stats();
  expect(after.profiles).toBe(80);
  expect(after.sizeBytes).toBeLessThan(before.sizeBytes);

  expect(await store.deleteOlderThan(DAY_0 + 3n * DAY)).toBe(80);
  expect((await store.stats()).profiles).toBe(0);
  expect(await store.services(tenant, EVER)).toEqual([]);
  // Stacks too: what is left are the tables that have no days.
  expect((await store.stats()).sizeBytes).toBeLessThan(5_000);
});

test('writes symbols again after they were deleted', async () => {
  const tenant = 'again';
  const upload = makeUpload({ tenant, timeNs: DAY_0 + 10n * DAY, profiles: { [CPU]: { 'f;main': 1 } } });
  await store.append([upload]);
  await store.deleteOlderThan(DAY_0 + 11n * DAY);
  await store.append([upload]);
  const merged = await store.mergeStacks({ tenant, selector: [], range: EVER, profileType: CPU, aggregation: 'sum' });
  expect(merged.stacks.get(stackIdOf('f;main'))).toHaveLength(2);
});
