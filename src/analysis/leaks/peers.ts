import type { Examined } from './examine.ts';
import { windowOf } from './examine.ts';
import type { Series } from './series.ts';
import { sumOf } from './series.ts';
import { median, quantile } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';
import { levelAt, lifetimeS, type Trial } from './trial.ts';

/** What other lifetimes of the service say about a growing site. */
export interface Peers {
  /** Level that an earlier lifetime, old enough to compare, reached and did not leave; null if none or clearly passed. */
  readonly knownLevel: number | null;
  /** Version in which the site did not grow at comparable age. */
  readonly controlVersion: string | null;
  /** Lifetimes of the version in which the site grows, and those that have it without growth. */
  readonly growing: number;
  readonly flat: number;
  /** More lifetimes of the version have it flat, and this one is not older than they are. */
  readonly isOutvoted: boolean;
  /** Earlier lifetimes of the version that were still growing when they ended. */
  readonly endedGrowing: number;
}

/** Compares by key, which has no line numbers, so that versions compare. */
export function peersOf(trial: Trial, all: readonly Examined[]): Peers {
  const { lifetime, site } = trial;
  const others = all
    .filter((other) => other.lifetime !== lifetime)
    .map((other) => ({
      other,
      series: seriesOf(other, trial),
      trial: other.trials.find((t) => t.site.key === site.key),
    }));
  // One that leaked up to a limit of its own shows the leak, too.
  const passes = (t: Trial | undefined) => t?.shape.passes === true;
  const ageS = lifetimeS(lifetime);

  const settled = others.filter(
    (peer) =>
      peer.other.lifetime.firstS < lifetime.firstS &&
      lifetimeS(peer.other.lifetime) >= THRESHOLDS.knownAge * ageS &&
      peer.series.values.length >= THRESHOLDS.minPoints &&
      (!passes(peer.trial) || peer.trial!.shape.late < THRESHOLDS.lateSlowing),
  );
  const levels = settled.map((peer) => quantile(peer.series.values, 0.9));
  const knownLevel = levels.filter((level) => trial.gate.now < THRESHOLDS.knownLevel * level);

  const control = others.find(
    (peer) =>
      peer.other.lifetime.version !== lifetime.version &&
      lifetimeS(peer.other.lifetime) >= THRESHOLDS.controlAge * ageS &&
      peer.series.values.length >= THRESHOLDS.minPoints &&
      growthOver(peer.series, ageS) <
        THRESHOLDS.controlGrowth * growthOver(trial.series, lifetimeS(peer.other.lifetime)),
  );

  const sameVersion = others.filter((peer) => peer.other.lifetime.version === lifetime.version);
  const growing = sameVersion.filter((peer) => passes(peer.trial));
  // A site that a peer hardly has says nothing: it may not have that role.
  const flat = sameVersion.filter(
    (peer) =>
      !passes(peer.trial) &&
      peer.series.values.length >= THRESHOLDS.leakPoints &&
      lifetimeS(peer.other.lifetime) >= 0.5 * ageS &&
      median(peer.series.values) >= 0.1 * trial.gate.now,
  );
  const ages = [...growing, ...flat].map((peer) => lifetimeS(peer.other.lifetime));
  return {
    knownLevel: knownLevel.length === 0 ? null : Math.max(...knownLevel),
    controlVersion: control?.other.lifetime.version || null,
    growing: growing.length + 1,
    flat: flat.length,
    isOutvoted: flat.length > growing.length + 1 && ageS < 1.25 * median(ages),
    endedGrowing: growing.filter(
      (peer) => peer.trial?.stoppedS === null && peer.other.lifetime.lastS <= lifetime.firstS,
    ).length,
  };
}

/** The site, whatever its lines, over another lifetime after its warm-up; 0 throughout where it never occurs. */
function seriesOf(other: Examined, trial: Trial): Series {
  const history = trial.site.kind === 'goroutine' ? other.lifetime.goroutines : other.lifetime.inuseSpace;
  if (history === null) return { timesS: new Float64Array(0), values: new Float64Array(0) };
  const values = sumOf(history, other.stacksByKey.get(trial.site.key) ?? []);
  return windowOf({ timesS: history.timesS, values }, Number.POSITIVE_INFINITY);
}

function growthOver(series: Series, seconds: number): number {
  return levelAt(series, seconds) - median(series.values.subarray(0, 3));
}
