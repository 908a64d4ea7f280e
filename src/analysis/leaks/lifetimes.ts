import type { Segment, StackHistory } from '../../model/history.ts';
import { lastOf, sliceHistory } from './series.ts';
import { differences, median } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';

/** One run of one process: a segment, or a part of one that was cut at restarts. */
export interface Lifetime extends Segment {
  readonly firstS: number;
  readonly lastS: number;
  /** Median time between two profiles. */
  readonly stepS: number;
}

/** All lifetimes of a service, oldest first. Segments without goroutine and in-use profiles are left out. */
export function lifetimesOf(segments: readonly Segment[]): readonly Lifetime[] {
  return segments
    .flatMap(cutAtRestarts)
    .map(toLifetime)
    .filter((lifetime) => lifetime !== undefined)
    .sort((a, b) => a.firstS - b.firstS);
}

function toLifetime(segment: Segment): Lifetime | undefined {
  const gauges = [segment.goroutines, segment.inuseSpace, segment.goroutineLeaks].filter(
    (h) => h !== null && h.timesS.length > 0,
  );
  if (gauges.length === 0) return undefined;
  const times = gauges.map((gauge) => gauge!.timesS);
  const longest = times.reduce((a, b) => (b.length > a.length ? b : a));
  return {
    ...segment,
    firstS: Math.min(...times.map((t) => t[0]!)),
    lastS: Math.max(...times.map(lastOf)),
    stepS: longest.length > 1 ? median(differences(longest)) : 0,
  };
}

/**
 * Cuts where the process must have been replaced. A session id does not tell: pyroscope-go 1.4 draws it from a generator
 * seeded with the host name, so that every process on a host begins with the same one.
 */
function cutAtRestarts(segment: Segment): readonly Segment[] {
  const types = [segment.goroutines, segment.inuseSpace].filter((history) => history !== null);
  const cutsS = types
    .flatMap((history) => fallsOf(history).filter((fall) => isRestart(segment, history, fall)))
    .map(({ beforeS, afterS }) => (beforeS + afterS) / 2)
    .sort((a, b) => a - b);
  // Both types find the same restart, a step apart.
  const stepS = Math.max(0, ...types.map(stepOf).filter(Number.isFinite));
  const distinct = cutsS.filter((cut, i) => i === 0 || cut - cutsS[i - 1]! > 2 * stepS);
  if (distinct.length === 0) return [segment];
  const edges = [Number.NEGATIVE_INFINITY, ...distinct, Number.POSITIVE_INFINITY];
  return edges.slice(1).map((untilS, i) => sliceSegment(segment, edges[i]!, untilS));
}

/** A total that is lower in one profile than in the one before. */
interface Fall {
  readonly beforeS: number;
  readonly afterS: number;
  readonly lost: number;
  /** Of the level before. */
  readonly share: number;
}

/** Falls that are large enough to be a restart after a gap, and that are more than coming and going in a small process. */
function fallsOf(history: StackHistory): readonly Fall[] {
  const falls: Fall[] = [];
  for (let i = 1; i < history.totals.length; i++) {
    const lost = history.totals[i - 1]! - history.totals[i]!;
    const share = lost / history.totals[i - 1]!;
    if (share >= THRESHOLDS.restartFallGap)
      falls.push({ beforeS: history.timesS[i - 1]!, afterS: history.timesS[i]!, lost, share });
  }
  return falls;
}

/**
 * Goroutines also fall when a burst drains, and bytes when a cache is cleared. What tells is memory that neither came nor
 * went before: a sampled object stays sampled until it is freed, a new process draws its sample anew, and seldom draws
 * the same. Where none was steady, or only one that was drawn again perhaps, both totals must fall together.
 */
function isRestart(segment: Segment, history: StackHistory, fall: Fall): boolean {
  const other = history === segment.goroutines ? segment.inuseSpace : segment.goroutines;
  const isAlone = other === null || other.timesS.length === 0;
  const isGap = fall.afterS - fall.beforeS > THRESHOLDS.restartGapSteps * stepOf(history);
  const needed = isGap && !isAlone ? THRESHOLDS.restartFallGap : THRESHOLDS.restartFall;
  if (fall.share < needed || !isLarge(segment, history, fall)) return false;
  if (isAlone) return true;
  const { steady, kept } = steadyStacks(segment, fall);
  if (steady > 0 && kept < THRESHOLDS.restartKept * steady) return true;
  if (kept >= THRESHOLDS.restartKeptStacks) return false;
  const otherNeeded = isGap ? THRESHOLDS.restartFallGap : THRESHOLDS.restartFallOther;
  const margin = fall.afterS - fall.beforeS;
  return fallsOf(other).some(
    (at) =>
      at.share >= otherNeeded &&
      isLarge(segment, other, at) &&
      at.afterS >= fall.beforeS - margin &&
      at.beforeS <= fall.afterS + margin,
  );
}

/** In a small process a few goroutines or samples are a large share, and come and go. */
function isLarge(segment: Segment, history: StackHistory, { lost }: Fall): boolean {
  const least =
    history === segment.goroutines ? THRESHOLDS.minGoroutines : THRESHOLDS.leakHeapSamples * segment.heapPeriodBytes;
  return lost >= least;
}

/**
 * Allocating stacks whose bytes were steady before the fall, and how many of them have the very same bytes after it. Steady is over three changes of the total, because bytes only change when the collector ran. Objects
 * as large as the sampling period are always sampled and look alike in every process; they do not count.
 */
function steadyStacks(segment: Segment, fall: Fall): { readonly steady: number; readonly kept: number } {
  const { inuseSpace, inuseObjects, heapPeriodBytes } = segment;
  let [steady, kept] = [0, 0];
  if (inuseSpace === null) return { steady, kept };
  const { timesS, totals, byStack } = inuseSpace;
  const before = timesS.findLastIndex((time) => time <= fall.beforeS);
  const first = timesS.findIndex((time) => time >= fall.afterS);
  if (before === -1 || first === -1) return { steady, kept };
  // A process that shuts down in order falls first and is replaced a profile later.
  const after = Math.min(first + LATER_POINTS, timesS.length - 1);
  let from = before;
  for (let changes = 0; from > 0 && before - from < STEADY_POINTS && changes < STEADY_CHANGES; from--)
    if (totals[from - 1] !== totals[from]) changes++;
  for (const [id, values] of byStack) {
    const bytes = values[before]!;
    if (bytes === 0 || values.subarray(from, before).some((value) => value !== bytes)) continue;
    const objects = inuseObjects?.byStack.get(id)?.[before] ?? 0;
    if (objects > 0 && bytes / objects >= heapPeriodBytes) continue;
    steady++;
    if (values.subarray(first, after + 1).every((value) => value === bytes)) kept++;
  }
  return { steady, kept };
}

const STEADY_CHANGES = 3;
/** In an idle process nothing changes. */
const STEADY_POINTS = 20;
const LATER_POINTS = 2;

function stepOf(history: StackHistory): number {
  return median(differences(history.timesS));
}

/** The part in [fromS, untilS). */
function sliceSegment(segment: Segment, fromS: number, untilS: number): Segment {
  const until = untilS === Number.POSITIVE_INFINITY ? untilS : untilS - 1e-6;
  const cut = (history: StackHistory | null) => {
    const part = history && sliceHistory(history, fromS, until);
    return part && part.timesS.length > 0 ? part : null;
  };
  return {
    ...segment,
    goroutines: cut(segment.goroutines),
    goroutineLeaks: cut(segment.goroutineLeaks),
    inuseSpace: cut(segment.inuseSpace),
    inuseObjects: cut(segment.inuseObjects),
    allocSpace: cut(segment.allocSpace),
  };
}

/** Time without a profile after which the process counts as silent. */
export function silenceS(lifetime: Lifetime): number {
  return Math.max(THRESHOLDS.silentSteps * lifetime.stepS, THRESHOLDS.silentS);
}

/** Those that still send, measured at the newest profile of the service: not silent, not replaced on their instance. */
export function liveLifetimes(lifetimes: readonly Lifetime[]): readonly Lifetime[] {
  const newestS = Math.max(...lifetimes.map((lifetime) => lifetime.lastS));
  return lifetimes.filter(
    (lifetime) =>
      newestS - lifetime.lastS <= silenceS(lifetime) &&
      !lifetimes.some(
        (other) =>
          other.instance === lifetime.instance && other.firstS > lifetime.firstS && other.firstS >= lifetime.lastS,
      ),
  );
}
