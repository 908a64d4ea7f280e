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
    .flatMap((segment) => (segment.session === '' ? cutAtRestarts(segment) : [segment]))
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
 * Cuts where the process must have been replaced although the client sends no session: one total falls by more than
 * 60 % in one step and the other type, where there is one, falls with it.
 */
function cutAtRestarts(segment: Segment): readonly Segment[] {
  const types = [segment.goroutines, segment.inuseSpace].filter((history) => history !== null);
  const cutsS = new Set<number>();
  for (const [index, history] of types.entries()) {
    const other = types[1 - index];
    for (const [beforeS, afterS] of fallsOf(history, THRESHOLDS.restartFall)) {
      const falls = other === undefined ? [] : fallsOf(other, THRESHOLDS.restartFallOther);
      const step = afterS - beforeS;
      const together =
        other === undefined || falls.find(([before, after]) => after >= beforeS - step && before <= afterS + step);
      if (together) cutsS.add(together === true ? afterS : Math.min(afterS, together[1]));
    }
  }
  // Both types find the same restart, a step apart.
  const step = Math.max(...types.map((history) => median(differences(history.timesS))).filter(Number.isFinite), 0);
  const distinct = [...cutsS].sort((a, b) => a - b).filter((cut, i, all) => i === 0 || cut - all[i - 1]! > 2 * step);
  const edges = [Number.NEGATIVE_INFINITY, ...distinct, Number.POSITIVE_INFINITY];
  return edges.slice(1).map((untilS, i) => sliceSegment(segment, edges[i]!, untilS));
}

/** Pairs of times between which the total falls by more than `share`. */
function fallsOf(history: StackHistory, share: number): readonly (readonly [number, number])[] {
  const falls: [number, number][] = [];
  for (let i = 1; i < history.totals.length; i++) {
    if (history.totals[i]! < (1 - share) * history.totals[i - 1]!)
      falls.push([history.timesS[i - 1]!, history.timesS[i]!]);
  }
  return falls;
}

/** The part in [fromS, untilS). */
function sliceSegment(segment: Segment, fromS: number, untilS: number): Segment {
  const until = untilS === Number.POSITIVE_INFINITY ? untilS : untilS - 1e-6;
  const cut = (history: StackHistory | null) => history && sliceHistory(history, fromS, until);
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
