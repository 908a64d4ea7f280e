import { expect, test } from 'vitest';
import { planHistory, type SegmentSize } from './history-plan.ts';

const HOUR = 3_600_000_000_000n;
const NOW = 1_763_000_000_000_000_000n;

function segments(count: number, instants: readonly number[], lastNs = NOW, firstId = 0): SegmentSize[] {
  return Array.from({ length: count }, (_, i) => ({ segmentId: BigInt(firstId + i), lastNs, instants }));
}

/** Bytes of a history as planned, 8 a value and 200 a stack. */
function bytesOf(sizes: readonly SegmentSize[], { maxPoints, maxStacks, segmentIds }: ReturnType<typeof planHistory>) {
  const kept = segmentIds === undefined ? sizes : sizes.filter(({ segmentId }) => segmentIds.includes(segmentId));
  const series = kept.flatMap(({ instants }) => instants);
  return series.reduce((sum, count) => sum + maxStacks * (Math.min(count, maxPoints) * 8 + 200), 0);
}

test('reads all of a small service', () => {
  expect(planHistory([], 400)).toEqual({ maxPoints: 400, maxStacks: 2000 });
  expect(planHistory(segments(3, [5760, 5760, 5760]), 400)).toEqual({ maxPoints: 400, maxStacks: 2000 });
});

test('keeps fewer stacks of a service with many segments', () => {
  expect(planHistory(segments(100, [400, 400, 400, 400]), 400)).toEqual({ maxPoints: 400, maxStacks: 141 });
});

test('then fewer points', () => {
  const sizes = segments(1000, [5760, 5760, 5760]);
  const plan = planHistory(sizes, 400);
  expect(plan.segmentIds).toBeUndefined();
  expect(plan.maxPoints).toBeGreaterThanOrEqual(50);
  expect(plan.maxPoints).toBeLessThan(60);
  expect(plan.maxStacks).toBeGreaterThanOrEqual(100);
});

test('then fewer segments: those seen last, and within an hour always the same', () => {
  const dead = segments(3000, [400, 400], NOW - 2n * HOUR);
  const living = segments(1000, [400, 400], NOW - 1n, 10_000);
  const { segmentIds, maxPoints, maxStacks } = planHistory([...dead, ...living], 400);
  expect([maxPoints, maxStacks, segmentIds?.length]).toEqual([50, 100, 1600]);
  expect(segmentIds?.slice(0, 1000)).toEqual(living.map(({ segmentId }) => segmentId));
  const later = living.map((one, i) => ({ ...one, lastNs: NOW + BigInt(i) }));
  expect(planHistory([...later, ...dead], 400).segmentIds).toEqual(segmentIds);
});

test.each([
  [1000, [5760, 5760, 5760, 5760, 5760]],
  [20_000, [5760, 5760, 5760]],
  [200_000, [1, 1, 1]],
  [50, [400, 400, 400]],
])('stays within 200 MB for %i segments of %j profiles', (count, instants) => {
  const sizes = segments(count, instants);
  const bytes = bytesOf(sizes, planHistory(sizes, 400));
  expect(bytes).toBeLessThanOrEqual(192_000_000);
  expect(bytes).toBeGreaterThan(100_000_000);
});

test('gives no more points than were asked for', () => {
  expect(planHistory(segments(100_000, [400]), 5).maxPoints).toBe(5);
});
