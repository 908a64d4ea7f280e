import { differences, mean } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';

/**
 * Do goroutines leave the site? Where none ever does, it is not work in flight. Dispersion (variance over mean of the
 * changes) does not depend on the upload rate; the share of falls alone does.
 */
export interface Turnover {
  readonly has: boolean;
  readonly dispersion: number;
  /** Sum of all falls over sum of all rises. */
  readonly fallShare: number;
}

/** Turnover of a series of goroutine counts. */
export function turnoverOf(values: Float64Array): Turnover {
  const changes = differences(values);
  const average = mean(changes);
  let falls = 0;
  let rises = 0;
  let squares = 0;
  for (const change of changes) {
    if (change < 0) falls -= change;
    else rises += change;
    squares += (change - average) ** 2;
  }
  const dispersion = average > 0 ? squares / changes.length / average : Number.POSITIVE_INFINITY;
  const fallShare = rises > 0 ? falls / rises : 0;
  return {
    has: dispersion > THRESHOLDS.turnoverDispersion && fallShare > THRESHOLDS.turnoverFalls,
    dispersion,
    fallShare,
  };
}
