import type { Series } from './series.ts';
import { median, quantile } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';

/** First look: is there growth worth a test? */
export interface Gate {
  readonly passes: boolean;
  /** Level at the start (lowest goroutine count, 10 % quantile of bytes, of the first eighth) and now (median of 3). */
  readonly start: number;
  readonly now: number;
  readonly growth: number;
  /** Heap samples behind the growth; Infinity for goroutines, which are counted exactly. */
  readonly samples: number;
}

/** At least 20 goroutines now, and doubled or grown by 20. */
export function goroutineGate(series: Series): Gate {
  const start = firstEighth(series).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const now = medianOfLast3(series.values);
  const growth = now - start;
  const passes = now >= THRESHOLDS.minGoroutines && (now >= 2 * start || growth >= THRESHOLDS.minGoroutines);
  return { passes, start, now, growth, samples: Number.POSITIVE_INFINITY };
}

/** `sampleBytes`: bytes that one sample of the heap profiler stands for. `objects`: at the site now, null if not known. */
export function heapGate(series: Series, sampleBytes: number, objects: number | null): Gate {
  const start = quantile(firstEighth(series), 0.1);
  const now = medianOfLast3(series.values);
  const growth = now - start;
  const samples = growth / sampleBytes;
  const enough = samples >= THRESHOLDS.minHeapSamples || (objects !== null && objects <= THRESHOLDS.fewObjects);
  const passes = growth >= THRESHOLDS.minHeapBytes && growth >= THRESHOLDS.minHeapShare * start && enough;
  return { passes, start, now, growth, samples };
}

/** The level now: one odd profile does not decide. */
export function medianOfLast3(values: Float64Array): number {
  return median(values.subarray(Math.max(0, values.length - 3)));
}

function firstEighth(series: Series): Float64Array {
  return series.values.subarray(0, Math.max(1, Math.floor(series.values.length / 8)));
}
