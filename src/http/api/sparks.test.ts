import { expect, test } from 'vitest';
import type { Queries } from '../../query/queries.ts';
import type { ServiceSummary } from '../../store/profile-store.ts';
import { sparksOf } from './sparks.ts';

test('spans the first and the last profile of very many services', async () => {
  const services = Array.from({ length: 200_000 }, (_, i): ServiceSummary => {
    const seenNs = BigInt(1_000_000 + i) * 1_000_000n;
    const types = i === 0 ? ['memory:inuse_space:bytes:space:bytes'] : [];
    const summary = { name: `s${i}`, versions: [], instances: [], profileTypes: types };
    return { ...summary, firstSeenNs: seenNs, lastSeenNs: seenNs };
  });
  const ranges: bigint[][] = [];
  const queries: Pick<Queries, 'timeline'> = {
    timeline: ({ range }) => {
      ranges.push([range.fromNs, range.untilNs]);
      return Promise.resolve([]);
    },
  };
  const range = { fromNs: 0n, untilNs: 2_000_000n * 1_000_000n };
  await sparksOf(queries, services, range);
  const [fromMs, stepMs] = [1_000_000n, 3334n];
  expect(ranges).toEqual([[fromMs * 1_000_000n, (fromMs + 60n * stepMs) * 1_000_000n]]);
});
