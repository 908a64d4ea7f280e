import type { SegmentSeries } from '../../../model/finding.ts';

/** Segments of one measure on one grid of times: a line an instance, null where it has a gap. */
export interface AlignedSeries {
  readonly timesMs: readonly number[];
  readonly lines: readonly AlignedLine[];
}

export interface AlignedLine {
  readonly instance: string;
  readonly values: readonly (number | null)[];
}

/** Points farther apart than this many usual steps have a gap between them. */
const GAP_STEPS = 3.5;
const MAX_POINTS = 600;

/**
 * Puts segments on a common grid from `fromMs` to `untilMs`. Between two points of a segment the line is straight;
 * between segments (restarts), and where profiles are missing, it is interrupted. Instances keep the order of
 * `instances`, so that they have one colour in every chart.
 */
export function alignSegments(
  segments: readonly SegmentSeries[],
  instances: readonly string[],
  fromMs: number,
  untilMs: number,
): AlignedSeries {
  const stepMs = Math.max(usualStepMs(segments) ?? 1000, (untilMs - fromMs) / MAX_POINTS);
  const count = Math.floor((untilMs - fromMs) / stepMs) + 1;
  const timesMs = Array.from({ length: count }, (_, index) => fromMs + index * stepMs);
  const lines = instances.map((instance) => {
    const values = new Array<number | null>(count).fill(null);
    for (const segment of segments) if (segment.instance === instance) fill(values, segment, fromMs, stepMs);
    return { instance, values };
  });
  return { timesMs, lines };
}

/** Instances in the order in which the segments name them first: steepest first. */
export function instancesOf(...measures: readonly (readonly SegmentSeries[])[]): readonly string[] {
  return [...new Set(measures.flat().map((segment) => segment.instance))];
}

/** Whole values: between two profiles a line of counts is straight, and there are no parts of goroutines. */
export function wholeLines({ timesMs, lines }: AlignedSeries): AlignedSeries {
  const whole = (value: number | null) => (value === null ? null : Math.round(value));
  return { timesMs, lines: lines.map(({ instance, values }) => ({ instance, values: values.map(whole) })) };
}

/** All lines added; null where none has a value. */
export function sumLines({ timesMs, lines }: AlignedSeries, label: string): AlignedSeries {
  const values = timesMs.map((_, index) => {
    const present = lines.map((line) => line.values[index] ?? null).filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0);
  });
  return { timesMs, lines: [{ instance: label, values }] };
}

function fill(values: (number | null)[], segment: SegmentSeries, fromMs: number, stepMs: number): void {
  const gapMs = GAP_STEPS * Math.max(usualStepMs([segment]) ?? stepMs, stepMs);
  for (const [index, startMs] of segment.timesMs.entries()) {
    const start = segment.values[index] ?? 0;
    const endMs = segment.timesMs[index + 1];
    const isLast = endMs === undefined || endMs - startMs > gapMs;
    if (isLast) {
      put(values, Math.round((startMs - fromMs) / stepMs), start);
      continue;
    }
    const end = segment.values[index + 1] ?? start;
    const lastIndex = Math.floor((endMs - fromMs) / stepMs);
    for (let at = Math.ceil((startMs - fromMs) / stepMs); at <= lastIndex; at++) {
      const share = (fromMs + at * stepMs - startMs) / (endMs - startMs);
      put(values, at, start + (end - start) * share);
    }
  }
}

function put(values: (number | null)[], at: number, value: number): void {
  if (at >= 0 && at < values.length) values[at] = value;
}

/** Lower median of the distances of neighbouring points; undefined where there are no two. */
function usualStepMs(segments: readonly SegmentSeries[]): number | undefined {
  const steps: number[] = [];
  for (const { timesMs } of segments)
    for (const [index, timeMs] of timesMs.entries()) if (index > 0) steps.push(timeMs - (timesMs[index - 1] ?? timeMs));
  return steps.sort((a, b) => a - b)[(steps.length - 1) >> 1];
}
