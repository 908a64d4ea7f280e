/** Order statistics and slopes. All take plain or typed arrays, change nothing, and give NaN for empty input. */

type Numbers = ArrayLike<number>;

/** q-quantile (0-1) with linear interpolation between the two nearest order statistics. */
export function quantile(values: Numbers, q: number): number {
  return sortedQuantile((values instanceof Float64Array ? values.slice() : Float64Array.from(values)).sort(), q);
}

function sortedQuantile(sorted: Numbers, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (position - below) * (high - low);
}

/** The 0.5-quantile. */
export function median(values: Numbers): number {
  return quantile(values, 0.5);
}

/** Arithmetic mean. */
export function mean(values: Numbers): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

/** Standard deviation as 1.48 times the median absolute deviation from the median: blind to outliers. */
export function robustDeviation(values: Numbers): number {
  const centre = median(values);
  return 1.48 * median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}

/** First differences; n - 1 values. */
export function differences(values: Numbers): Float64Array {
  const out = new Float64Array(Math.max(0, values.length - 1));
  for (let i = 0; i < out.length; i++) out[i] = (values[i + 1] ?? 0) - (values[i] ?? 0);
  return out;
}

/** Deepest fall from a maximum so far, of the running median of 3, so that one outlier is none. */
export function deepestFall(values: Numbers): number {
  let record = Number.NEGATIVE_INFINITY;
  let deepest = 0;
  for (const middle of runningMedian(values)) {
    record = Math.max(record, middle);
    deepest = Math.max(deepest, record - middle);
  }
  return deepest;
}

/** Median of every three neighbours, n - 2 values: without single outliers. */
export function runningMedian(values: Numbers): Float64Array {
  const out = new Float64Array(Math.max(0, values.length - 2));
  for (let i = 0; i < out.length; i++) {
    const [a, b, c] = [values[i] ?? 0, values[i + 1] ?? 0, values[i + 2] ?? 0];
    out[i] = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
  return out;
}

/** Most points that enter the pairs of a slope; more are thinned evenly, because pairs grow with the square. */
const MAX_SLOPE_POINTS = 96;

/** Theil-Sen slope (median of the slopes of all pairs, Sen 1968) with the 5 % and 95 % quantiles of the pair slopes. */
export function pairSlopes(times: Numbers, values: Numbers): { slope: number; low: number; high: number } {
  const stride = Math.max(1, Math.ceil(times.length / MAX_SLOPE_POINTS));
  const slopes: number[] = [];
  for (let j = times.length - 1; j > 0; j -= stride) {
    for (let i = j - stride; i >= 0; i -= stride) {
      const dt = (times[j] ?? 0) - (times[i] ?? 0);
      if (dt > 0) slopes.push(((values[j] ?? 0) - (values[i] ?? 0)) / dt);
    }
  }
  const sorted = Float64Array.from(slopes).sort();
  return { slope: sortedQuantile(sorted, 0.5), low: sortedQuantile(sorted, 0.05), high: sortedQuantile(sorted, 0.95) };
}
