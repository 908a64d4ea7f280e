import { lastOf, type Series } from './series.ts';
import { differences, median, quantile, robustDeviation, runningMedian } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';

/**
 * Does the series rise to its very end, as a leak does and warm-ups, steps, backlogs and noise do not? Floors (10 %
 * quantiles) of 8, 6, 4 or 3 buckets of equal time: a saw-tooth and bursts vanish in the floor.
 */
export interface Shape {
  readonly passes: boolean;
  readonly failure: 'few' | 'falls' | 'small' | 'noise' | 'flattens' | 'step' | 'tail' | null;
  readonly buckets: number;
  /** Rise of the floor from the first to the last bucket. */
  readonly growth: number;
  readonly noise: number;
  /** Deepest fall of the floor below its record, largest rise between two buckets: as shares of the growth. */
  readonly fallShare: number;
  readonly stepShare: number;
  /** Growth rate in the last third over the mean one, and by how many deviations it is below 1. */
  readonly late: number;
  readonly lateSigmas: number;
  /** Growth in the tail over the expected one, smallest of the tails looked at. */
  readonly tailShare: number;
  /** Passed as a few objects that keep growing. */
  readonly isGrowingObject: boolean;
}

/** What the noise of a series is made of besides its own scatter; all 0 for goroutines, which are counted exactly. */
export interface Sampling {
  /** Variance per unit of growth, bytes; see `varianceOf` in sampling.ts. */
  readonly varianceBytes: number;
  /** Bytes allocated at the site per second, which re-draws the sample of what it replaces. */
  readonly birthsPerSecond: number;
  /** Samples the growth rests on; Infinity for exact counts. */
  readonly samples: number;
  /** Objects at the site, for series of few objects; null where not known or not a heap site. */
  readonly objects: number | null;
}

export const EXACT: Sampling = {
  varianceBytes: 0,
  birthsPerSecond: 0,
  samples: Number.POSITIVE_INFINITY,
  objects: null,
};

const BUCKETS = [8, 6, 4, 3] as const;
const TAILS = [0.2, 0.35, 0.5] as const;
const FAILED: Shape = {
  passes: false,
  failure: 'few',
  buckets: 0,
  growth: 0,
  noise: 0,
  fallShare: 0,
  stepShare: 0,
  late: 0,
  lateSigmas: 0,
  tailShare: 0,
  isGrowingObject: false,
};

/** Judges a series of at least 8 points; only a floor that falls lets coarser buckets try, all else is final. */
export function shapeOf(series: Series, sampling: Sampling): Shape {
  if (series.values.length < THRESHOLDS.minPoints) return FAILED;
  if (sampling.objects !== null && sampling.objects <= THRESHOLDS.fewObjects) {
    const object = growingObject(series);
    if (object)
      return {
        ...FAILED,
        passes: true,
        failure: null,
        growth: object.growth,
        late: 1,
        tailShare: 1,
        isGrowingObject: true,
      };
  }
  let fallen: Shape = FAILED;
  for (const buckets of BUCKETS) {
    const split = bucketsOf(series, buckets);
    if (split === undefined) continue;
    const shape = judge(series, split, sampling);
    if (shape.failure !== 'falls') return shape;
    if (fallen === FAILED) fallen = shape;
  }
  return fallen;
}

interface Split {
  readonly floors: readonly number[];
  readonly medians: readonly number[];
  readonly firstS: number;
  readonly widthS: number;
}

/** Undefined where a bucket has fewer than two points. */
function bucketsOf(series: Series, count: number): Split | undefined {
  const { timesS, values } = series;
  const firstS = timesS[0]!;
  const widthS = (lastOf(timesS) - firstS) / count;
  const buckets: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < values.length; i++)
    buckets[Math.min(count - 1, Math.floor((timesS[i]! - firstS) / widthS))]?.push(values[i]!);
  if (!buckets.every((bucket) => bucket.length >= 2)) return undefined;
  return { floors: buckets.map((bucket) => quantile(bucket, 0.1)), medians: buckets.map(median), firstS, widthS };
}

function judge(series: Series, split: Split, sampling: Sampling): Shape {
  const { floors } = split;
  const last = floors.length - 1;
  const growth = floors[last]! - floors[0]!;
  const noise = robustDeviation(differences(series.values));
  const base = { ...FAILED, buckets: floors.length, growth, noise };
  const fallShare = growth <= 0 ? 1 : fallOf(floors) / growth;
  if (fallShare > THRESHOLDS.maxFall) return { ...base, failure: 'falls', fallShare };
  if (growth < THRESHOLDS.minGrowthShare * floors[0]!) return { ...base, failure: 'small', fallShare };
  if (growth < THRESHOLDS.minGrowthNoise * noise) return { ...base, failure: 'noise', fallShare };

  const perBucket = growth / last;
  const deviation = deviationOf(series, split, sampling);
  const m = Math.max(1, Math.floor(floors.length / 3));
  const late = (floors[last]! - floors[last - m]!) / m / perBucket;
  const lateSigmas = ((1 - late) * m * perBucket) / deviation(m * perBucket, m * split.widthS);
  const stepShare = Math.max(...floors.slice(1).map((floor, i) => floor - floors[i]!)) / growth;
  const tail = tailOf(series, perBucket / split.widthS, deviation);
  const shape = { ...base, fallShare, late, lateSigmas, stepShare, tailShare: tail.share };

  const flat = floors.length === 3 ? THRESHOLDS.lateCoarse : THRESHOLDS.lateFlat;
  if (late < flat && lateSigmas > THRESHOLDS.sigma) return { ...shape, failure: 'flattens' };
  const oneSample = sampling.samples < THRESHOLDS.minHeapSamples && stepShare * sampling.samples <= 3;
  if (stepShare > THRESHOLDS.maxStep && !oneSample) return { ...shape, failure: 'step' };
  if (tail.ended) return { ...shape, failure: 'tail' };
  return { ...shape, passes: true, failure: null };
}

function fallOf(floors: readonly number[]): number {
  let record = Number.NEGATIVE_INFINITY;
  let deepest = 0;
  for (const floor of floors) {
    record = Math.max(record, floor);
    deepest = Math.max(deepest, record - floor);
  }
  return deepest;
}

/** Standard deviation of a growth of `growth` over `seconds`: scatter, samples of what grew, samples re-drawn by replacement. */
type Deviation = (growth: number, seconds: number) => number;

function deviationOf(series: Series, split: Split, sampling: Sampling): Deviation {
  const residuals = Float64Array.from(series.values, (value, i) =>
    Math.abs(value - lineThrough(split, series.timesS[i]!)),
  );
  const scatter = 1.48 * median(residuals);
  const { varianceBytes: q, birthsPerSecond } = sampling;
  const level = split.medians[split.medians.length - 1]!;
  return (growth, seconds) => {
    const replaced = level > 0 ? Math.min(1, (birthsPerSecond * seconds) / level) : 0;
    // A series without any scatter still has the resolution of one unit.
    return Math.max(Math.sqrt(scatter ** 2 + q * growth + q * replaced * level), 1e-9);
  };
}

/** The line through the bucket medians at their centres, continued at both ends. */
function lineThrough(split: Split, timeS: number): number {
  const { medians, firstS, widthS } = split;
  const position = (timeS - firstS) / widthS - 0.5;
  const left = Math.min(Math.max(Math.floor(position), 0), medians.length - 2);
  return medians[left]! + (position - left) * (medians[left + 1]! - medians[left]!);
}

function tailOf(series: Series, perSecond: number, deviation: Deviation): { ended: boolean; share: number } {
  const { timesS, values } = series;
  const window = lastOf(timesS) - timesS[0]!;
  let share = 1;
  let ended = false;
  for (const part of TAILS) {
    const fromS = lastOf(timesS) - part * window;
    const begin = timesS.findIndex((time) => time >= fromS);
    const count = values.length - begin;
    if (count < 4) continue;
    const k = Math.min(5, Math.max(1, Math.floor(count / 4)));
    const observed = median(values.subarray(values.length - k)) - median(values.subarray(begin, begin + k));
    const seconds = lastOf(timesS) - timesS[begin]!;
    const expected = perSecond * seconds * (1 - k / count);
    share = Math.min(share, observed / expected);
    const isShort = expected - observed > THRESHOLDS.sigma * deviation(expected, seconds);
    if (observed < THRESHOLDS.minTail * expected && isShort) ended = true;
  }
  return { ended, share };
}

/** Smallest rise of one growing object, and largest fall that it may have. */
const OBJECT_RISE = 1.15;
const OBJECT_FALL = 0.7;

/**
 * One or a few objects that are replaced by larger ones (an appended slice): at least three rises, no fall, and the
 * last rise not longer ago than the growth so far lets expect.
 */
function growingObject(series: Series): { growth: number } | undefined {
  // While an object is copied to a larger one both may be in use.
  const timesS = series.timesS.subarray(1, -1);
  const values = runningMedian(series.values);
  const risesS: number[] = [];
  let ratio = 1;
  for (let i = 1; i < values.length; i++) {
    const before = values[i - 1]!;
    if (values[i]! < OBJECT_FALL * before) return undefined;
    if (before > 0 && values[i]! > OBJECT_RISE * before) {
      risesS.push(timesS[i]!);
      ratio = values[i]! / before;
    }
  }
  if (risesS.length < 3) return undefined;
  const lastRiseS = risesS[risesS.length - 1]!;
  const intervalS = lastRiseS - risesS[risesS.length - 2]!;
  const window = lastOf(timesS) - timesS[0]!;
  if (lastOf(timesS) - lastRiseS > Math.max(1.6 * ratio * intervalS, 0.3 * window)) return undefined;
  return { growth: lastOf(values) - values[0]! };
}
