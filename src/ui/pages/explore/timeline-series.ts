/** A series as the Connect protocol's JSON carries it. */
export interface WireSeries {
  readonly labels?: readonly { readonly name?: string; readonly value?: string }[];
  /** `timestamp` ends the step that the point covers, ms since the epoch. Zero values may be left out of the JSON. */
  readonly points?: readonly { readonly value?: number | string; readonly timestamp?: string }[];
}

/** Series on one time axis: `values[i]` belongs to `timesMs[i]`, null where no profile arrived. */
export interface Timeline {
  readonly timesMs: readonly number[];
  readonly series: readonly TimelineLine[];
  /** Over all points and series added up; null without a point. */
  readonly mean: number | null;
  readonly peak: number | null;
  /** Length of all steps in which any series has a point. */
  readonly coveredMs: number;
}

export interface TimelineLine {
  readonly label: string;
  readonly values: readonly (number | null)[];
}

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400];
const MAX_POINTS = 300;
/** Most clients send every 10 to 15 s; a shorter step would hold a part of the instances only. */
export const USUAL_STEP_S = 15;
/** The ends of a range seldom fall on steps. */
const FULL_COVER = 0.9;
const SHORT_RANGE_MS = 600_000;
const SHORT_RANGE_STEP_S = 5;

/** The shortest step of the ladder that needs at most 300 points for a range and is not below what clients send. */
export function timelineStepS(lengthMs: number): number {
  const leastS = lengthMs < SHORT_RANGE_MS ? SHORT_RANGE_STEP_S : USUAL_STEP_S;
  return STEPS_S.find((stepS) => stepS >= leastS && lengthMs / 1000 / stepS <= MAX_POINTS) ?? STEPS_S.at(-1)!;
}

/**
 * The step that data are dense enough for: where profiles come less often than `stepS`, a point would stand for a part
 * of the time only, and a rate would be too high. The ladder's first step that is not below the usual distance.
 */
export function denseStepS(timeline: Timeline, stepS: number): number {
  const distances: number[] = [];
  for (const { values } of timeline.series) {
    let before = -1;
    for (let at = 0; at < values.length; at++) {
      if (values[at] === null) continue;
      if (before >= 0) distances.push(at - before);
      before = at;
    }
  }
  distances.sort((a, b) => a - b);
  const usualS = (distances[distances.length >> 1] ?? 1) * stepS;
  return STEPS_S.find((candidate) => candidate >= usualS) ?? stepS;
}

/** Start of the first step: a whole number of steps, so that live data keep their points as the range moves. */
export function alignDown(atMs: number, stepS: number): number {
  return Math.floor(atMs / (stepS * 1000)) * stepS * 1000;
}

/**
 * Puts series on one axis of steps. `perSecond` divides by the step: a counter's point is the sum of its step.
 * Absent points stay absent, they are not 0.
 */
export function timelineOf(
  wire: readonly WireSeries[],
  options: { readonly fromMs: number; readonly untilMs: number; readonly stepS: number; readonly perSecond: boolean },
): Timeline {
  const stepMs = options.stepS * 1000;
  const firstMs = alignDown(options.fromMs, options.stepS);
  const count = Math.max(1, Math.ceil((options.untilMs - firstMs) / stepMs) + 1);
  const timesMs = Array.from({ length: count }, (_, at) => firstMs + at * stepMs);
  const divisor = options.perSecond ? options.stepS : 1;
  const sums: (number | null)[] = new Array(count).fill(null);
  const series = wire.map(({ labels = [], points = [] }) => {
    const values: (number | null)[] = new Array(count).fill(null);
    for (const point of points) {
      const at = Math.round((Number(point.timestamp ?? 0) - firstMs) / stepMs);
      if (at < 0 || at >= count) continue;
      const value = Number(point.value ?? 0) / divisor;
      values[at] = value;
      sums[at] = (sums[at] ?? 0) + value;
    }
    return { label: labels.map((label) => label.value ?? '').join(' '), values };
  });
  const present = sums.filter((value) => value !== null);
  return {
    timesMs,
    series,
    mean: present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length,
    peak: present.length === 0 ? null : Math.max(...present),
    coveredMs: present.length * stepMs,
  };
}

/** Whether profiles cover so little of a range that its means are to say of how much they are. */
export function isCoveredInPart(coveredMs: number, rangeMs: number): boolean {
  return coveredMs < FULL_COVER * rangeMs;
}

/** The `keep` series with the largest sum; the others added up as one line `others`. */
export function topSeries(timeline: Timeline, keep: number): Timeline {
  if (timeline.series.length <= keep) return timeline;
  const sum = (line: TimelineLine) => line.values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const sorted = [...timeline.series].sort((a, b) => sum(b) - sum(a));
  const rest = sorted.slice(keep);
  const values = timeline.timesMs.map((_, at) => {
    const present = rest.map((line) => line.values[at] ?? null).filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((total, value) => total + value, 0);
  });
  return { ...timeline, series: [...sorted.slice(0, keep), { label: `${rest.length} others`, values }] };
}
