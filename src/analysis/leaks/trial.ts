import { type Gate, medianOfLast3 } from './gate.ts';
import type { Lifetime } from './lifetimes.ts';
import type { Load } from './load.ts';
import { lastOf, type Series } from './series.ts';
import type { Shape } from './shape.ts';
import type { Site } from './sites.ts';
import { median } from './statistics.ts';
import type { Turnover } from './turnover.ts';

/** One site of one lifetime, tested in one window. */
export interface Trial {
  readonly site: Site;
  readonly lifetime: Lifetime;
  /** What was looked at: the lifetime after its warm-up, or its last hours. */
  readonly series: Series;
  readonly isWholeLifetime: boolean;
  readonly gate: Gate;
  readonly shape: Shape;
  /** Begin of the growth, s since the epoch. */
  readonly onsetS: number;
  /** Only goroutine sites. */
  readonly turnover: Turnover | null;
  /** Goroutines of the site are seen to work, so that their wait does end; see work.ts. */
  readonly works: boolean;
  readonly load: Load;
  /** Growth over bytes allocated meanwhile; heap sites with allocation profiles only. */
  readonly retention: number | null;
  /** Mean size of the objects of a heap site, bytes; null where not known. */
  readonly objectBytes: number | null;
  readonly objects: number | null;
  /** The whole function grew by less than half of what this stack grew: the growth only moved here. */
  readonly isMoved: boolean;
  /** A level at or above today's (with its margin) that the same process had before the window; null if none. */
  readonly knownLevel: number | null;
  /** When growth ended, where it has and the goroutines are still there; the rest describes the time until then. */
  readonly stoppedS: number | null;
}

/**
 * Begin of the growth: where the series last was within a tenth of its growth above the start, carried back at the
 * rate since. A site that grew from the first point on began there.
 */
export function onsetOf(series: Series, gate: Gate): number {
  const { timesS, values } = series;
  const firstS = timesS[0] ?? Number.NaN;
  const edge = gate.start + 0.1 * gate.growth;
  const crossing = values.findLastIndex((value) => value <= edge);
  if (crossing <= 0 || gate.growth <= 0) return firstS;
  const crossedS = timesS[crossing]!;
  const rate = (medianOfLast3(values) - edge) / (lastOf(timesS) - crossedS);
  return rate > 0 ? Math.max(firstS, crossedS - (0.1 * gate.growth) / rate) : crossedS;
}

/** Age of the growth, s: from its onset to the last point looked at. */
export function ageS(trial: Trial): number {
  return lastOf(trial.series.timesS) - trial.onsetS;
}

/** Time from the lifetime's first to its last profile. */
export function lifetimeS(lifetime: Lifetime): number {
  return lifetime.lastS - lifetime.firstS;
}

/** Median of the values within the first `seconds` that a series covers; for comparisons at equal age. */
export function levelAt(series: Series, ageSeconds: number): number {
  const untilS = (series.timesS[0] ?? 0) + ageSeconds;
  const end = series.timesS.findLastIndex((time) => time <= untilS) + 1;
  return median(series.values.subarray(Math.max(0, end - 3), end));
}
