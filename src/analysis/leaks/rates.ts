import type { Estimate } from '../../model/finding.ts';
import { varianceOf } from './sampling.ts';
import { lastOf, type Series, sliceSeries } from './series.ts';
import { pairSlopes } from './statistics.ts';

/**
 * Growth per second now: Theil-Sen over the last half of the series; interval from the 5 % and 95 % quantiles of its
 * pair slopes, never narrower than `margin` to either side. Kendall's interval of the slope covers far less than it
 * says on such series. Null below 4 points.
 */
export function rateOf(series: Series, margin: number): Estimate | null {
  const { timesS } = series;
  if (timesS.length < 4) return null;
  const middleS = (timesS[0]! + lastOf(timesS)) / 2;
  const half = sliceSeries(series, middleS, lastOf(timesS));
  const { slope, low, high } = pairSlopes(half.timesS, half.values);
  if (!Number.isFinite(slope)) return null;
  const floor = margin * Math.abs(slope);
  return { value: slope, low: Math.min(low, slope - floor), high: Math.max(high, slope + floor) };
}

/** Sum over instances; the ends add up too, which is safe (wide) where instances are not independent. */
export function sumEstimates(estimates: readonly (Estimate | null)[]): Estimate | null {
  const known = estimates.filter((estimate) => estimate !== null);
  if (known.length === 0) return null;
  const add = (part: keyof Estimate) => known.reduce((sum, estimate) => sum + estimate[part], 0);
  return { value: add('value'), low: add('low'), high: add('high') };
}

/** 5 % and 95 % points of the normal distribution. */
const Z90 = 1.645;
/** The same for one in a thousand: a whole number is said without an interval. */
const Z_WHOLE = 3.29;
/** Relative error that remains without sampling: the two profiles are not taken at the same instant. */
const LAG_ERROR = 0.02;

/** Bytes per goroutine; `isWhole` where they are a whole number of objects, so that the value is no estimate. */
export interface SizeEach {
  readonly estimate: Estimate;
  readonly isWhole: boolean;
}

/**
 * Growth of bytes over growth of goroutines. A live site's sampling error is frozen, so it is that of the samples the
 * growth rests on. Where only one whole number of objects per goroutine is possible, that is the value.
 */
export function bytesPerGoroutine(growth: {
  readonly bytes: number;
  readonly goroutines: number;
  readonly objectBytes: number | null;
  readonly periodBytes: number;
}): SizeEach | null {
  const { bytes, goroutines, objectBytes, periodBytes } = growth;
  if (!(bytes > 0) || !(goroutines > 0)) return null;
  const value = bytes / goroutines;
  const deviation = Math.sqrt(varianceOf(objectBytes, periodBytes) / bytes + LAG_ERROR ** 2) * value;
  const interval = { low: Math.max(0, value - Z90 * deviation), high: value + Z90 * deviation };
  if (objectBytes === null) return { estimate: { value, ...interval }, isWhole: false };
  const fewest = Math.max(1, Math.ceil((value - Z_WHOLE * deviation) / objectBytes));
  const isWhole = fewest === Math.floor((value + Z_WHOLE * deviation) / objectBytes);
  if (!isWhole) return { estimate: { value, ...interval }, isWhole };
  const whole = fewest * objectBytes;
  return {
    estimate: { value: whole, low: Math.min(whole, interval.low), high: Math.max(whole, interval.high) },
    isWhole,
  };
}
