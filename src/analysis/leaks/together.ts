import { lastOf, type Series } from './series.ts';
import { median } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';

const BUCKETS = 8;

/**
 * Largest distance between two growth curves, each scaled from 0 (first bucket) to 1 (last), over 8 buckets of their
 * common time; 1 where they cannot be compared.
 */
export function growthDistance(a: Series, b: Series): number {
  const fromS = Math.max(a.timesS[0] ?? Number.NaN, b.timesS[0] ?? Number.NaN);
  const untilS = Math.min(lastOf(a.timesS), lastOf(b.timesS));
  if (!(untilS > fromS)) return 1;
  const left = curve(a, fromS, untilS);
  const right = curve(b, fromS, untilS);
  if (left === undefined || right === undefined) return 1;
  return Math.max(...left.map((value, i) => Math.abs(value - right[i]!)));
}

/** True where the distance is no larger than sampling of `samples` heap samples explains. */
export function growTogether(a: Series, b: Series, samples: number): boolean {
  if (samples < THRESHOLDS.minHeapSamples) return false;
  const limit = Math.min(THRESHOLDS.togetherMax, THRESHOLDS.togetherKs / Math.sqrt(samples));
  return growthDistance(a, b) < Math.max(THRESHOLDS.togetherMin, limit);
}

/** Undefined where a bucket is empty or nothing grew. */
function curve(series: Series, fromS: number, untilS: number): readonly number[] | undefined {
  const width = (untilS - fromS) / BUCKETS;
  const buckets: number[][] = Array.from({ length: BUCKETS }, () => []);
  for (const [i, timeS] of series.timesS.entries()) {
    if (timeS < fromS || timeS > untilS) continue;
    buckets[Math.min(BUCKETS - 1, Math.floor((timeS - fromS) / width))]!.push(series.values[i]!);
  }
  if (buckets.some((bucket) => bucket.length === 0)) return undefined;
  const levels = buckets.map(median);
  const growth = lastOf(levels) - levels[0]!;
  return growth > 0 ? levels.map((level) => (level - levels[0]!) / growth) : undefined;
}
