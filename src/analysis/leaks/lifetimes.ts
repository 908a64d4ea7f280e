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
 * Cuts where the process must have been replaced: one total falls by more than 60 % in one step and the other type,
 * where there is one, falls with it; after a gap smaller falls of both will do. A session id does not help: pyroscope-go
 * 1.4 draws it from a generator seeded with the host name, so that every process on a host begins with the same one.
 */
function cutAtRestarts(segment: Segment): readonly Segment[] {
  const types = [segment.goroutines, segment.inuseSpace].filter((history) => history !== null);
  const cutsS = new Set<number>();
  for (const [index, history] of types.entries()) {
    const other = types[1 - index];
    const stepS = median(differences(history.timesS));
    for (const [beforeS, afterS, share] of fallsOf(history)) {
      const isGap = afterS - beforeS > THRESHOLDS.restartGapSteps * stepS;
      const [needed, otherNeeded] = isGap && other ? GAP_FALLS : FALLS;
      if (share < needed || !isLarge(history, segment, share, beforeS)) continue;
      const margin = afterS - beforeS;
      const falls = other === undefined ? [] : fallsOf(other).filter(([, , otherShare]) => otherShare >= otherNeeded);
      const together = falls.find(([before, after]) => after >= beforeS - margin && before <= afterS + margin);
      if (other === undefined) cutsS.add(afterS);
      else if (together) cutsS.add(Math.min(afterS, together[1]));
    }
  }
  // Both types find the same restart, a step apart.
  const step = Math.max(0, ...types.map((history) => median(differences(history.timesS))).filter(Number.isFinite));
  const distinct = [...cutsS].sort((a, b) => a - b).filter((cut, i, all) => i === 0 || cut - all[i - 1]! > 2 * step);
  if (distinct.length === 0) return [segment];
  const edges = [Number.NEGATIVE_INFINITY, ...distinct, Number.POSITIVE_INFINITY];
  return edges.slice(1).map((untilS, i) => sliceSegment(segment, edges[i]!, untilS));
}

/** In a small process a few goroutines or samples are a large share, and come and go. */
function isLarge(history: StackHistory, segment: Segment, share: number, timeS: number): boolean {
  const lost = share * (history.totals[history.timesS.indexOf(timeS)] ?? 0);
  return (
    lost >=
    (history === segment.goroutines ? THRESHOLDS.minGoroutines : THRESHOLDS.leakHeapSamples * segment.heapPeriodBytes)
  );
}

const FALLS = [THRESHOLDS.restartFall, THRESHOLDS.restartFallOther] as const;
const GAP_FALLS = [THRESHOLDS.restartFallGap, THRESHOLDS.restartFallGap] as const;

/** Steps in which the total falls noticeably: time before, time after, share lost. */
function fallsOf(history: StackHistory): readonly (readonly [number, number, number])[] {
  const falls: [number, number, number][] = [];
  for (let i = 1; i < history.totals.length; i++) {
    const share = 1 - history.totals[i]! / history.totals[i - 1]!;
    if (share >= THRESHOLDS.restartFallGap) falls.push([history.timesS[i - 1]!, history.timesS[i]!, share]);
  }
  return falls;
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
