import { NS_PER_MS, type TimeRange } from '../model/time-range.ts';

/** The last instant that the store can hold: 2262-04-11. */
const MAX_NS = 2n ** 63n - NS_PER_MS;

/** The part of a range in which profiles can be: since the cutoff, and where times fit. Undefined if there is none. */
export function clampRange(range: TimeRange, cutoffNs: bigint): TimeRange | undefined {
  const fromNs = max(range.fromNs, max(cutoffNs, 0n));
  const untilNs = range.untilNs > MAX_NS ? MAX_NS : range.untilNs;
  return fromNs > untilNs ? undefined : { fromNs, untilNs };
}

/**
 * The range to read for points at `from + k * step`, each of which covers the step before it: it begins one step
 * before the first point that is worth asking for, so that the grid stays where the caller put it. Callers speak
 * whole milliseconds, and a profile belongs to the millisecond that it was taken in: so the edges lie at its end.
 */
export function timelineRange(range: TimeRange, stepNs: bigint, cutoffNs: bigint): TimeRange | undefined {
  const clamped = clampRange(range, cutoffNs);
  if (!clamped) return undefined;
  const skipped = (clamped.fromNs - range.fromNs + stepNs - 1n) / stepNs;
  const firstPointNs = range.fromNs + max(skipped, 0n) * stepNs;
  if (firstPointNs > clamped.untilNs) return undefined;
  return { fromNs: endOfMs(firstPointNs - stepNs), untilNs: endOfMs(clamped.untilNs) };
}

/** Everything before is deleted, or about to be. */
export function cutoffOf(nowMs: number, retentionMs: number): bigint {
  return retentionMs === 0 ? 0n : BigInt(Math.floor(nowMs - retentionMs)) * NS_PER_MS;
}

function endOfMs(timeNs: bigint): bigint {
  return timeNs - (timeNs % NS_PER_MS) + NS_PER_MS - 1n;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
