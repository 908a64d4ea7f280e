import type { StackHistory } from '../../model/history.ts';
import { lastOf, type Series } from './series.ts';
import { mean } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';

/** Bytes allocated over time: what is born, at the site or in work that is linked to it. */
export interface Births {
  readonly timesS: Float64Array;
  readonly coveredS: Float64Array;
  readonly bytes: Float64Array;
}

/** Is the growth explained by more work? */
export interface Load {
  readonly outcome: 'follows' | 'partly' | 'independent' | 'unknown';
  /** `site`: allocations of the heap site; `linked`: of stacks that share a user function; `process`: of all user code. */
  readonly source: 'site' | 'linked' | 'process' | null;
  /** Births in the last over births in the first quarter. */
  readonly birthsRatio: number | null;
  /** Share of the growth that births do not explain. */
  readonly excess: number | null;
}

export const LOAD_UNKNOWN: Load = { outcome: 'unknown', source: null, birthsRatio: null, excess: null };

/** Births inside the window, without those that the first profile reports (they came before it). */
export function birthsWithin(alloc: StackHistory, bytes: Float64Array, series: Series): Births {
  const firstS = series.timesS[0]!;
  const lastS = lastOf(series.timesS);
  const begin = alloc.timesS.findIndex((time) => time > firstS);
  const after = alloc.timesS.findIndex((time) => time > lastS);
  const end = after === -1 ? alloc.timesS.length : after;
  const from = begin === -1 ? end : begin;
  return {
    timesS: alloc.timesS.subarray(from, end),
    coveredS: alloc.coveredS.subarray(from, end),
    bytes: bytes.subarray(from, end),
  };
}

/** Bytes per covered second in [fromS, untilS], and the heap samples they rest on. */
function rateBetween(
  births: Births,
  fromS: number,
  untilS: number,
  sampleBytes: number,
): { rate: number; samples: number } {
  let bytes = 0;
  let covered = 0;
  for (let i = 0; i < births.bytes.length; i++) {
    if (births.timesS[i]! < fromS || births.timesS[i]! > untilS) continue;
    bytes += births.bytes[i]!;
    covered += births.coveredS[i]!;
  }
  return { rate: bytes / (covered > 0 ? covered : untilS - fromS), samples: bytes / sampleBytes };
}

/** All births in the window, scaled up for the time that no profile covers (lost uploads lose births). */
export function totalBirths(births: Births, series: Series): number {
  const window = lastOf(series.timesS) - series.timesS[0]!;
  const { rate } = rateBetween(births, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1);
  const covered = births.coveredS.reduce((a, b) => a + b, 0);
  const sum = births.bytes.reduce((a, b) => a + b, 0);
  return covered > 0 && covered < window ? rate * window : sum;
}

/** Heap samples that the births rest on. */
export function samplesOf(births: Births, sampleBytes: number): number {
  return births.bytes.reduce((a, b) => a + b, 0) / sampleBytes;
}

/** Compares births and level in the first and the last quarter of the window. */
export function loadOf(
  series: Series,
  births: Births,
  sampleBytes: number,
  source: 'site' | 'linked' | 'process',
): Load {
  if (samplesOf(births, sampleBytes) < THRESHOLDS.loadSamples) return LOAD_UNKNOWN;
  const firstS = series.timesS[0]!;
  const lastS = lastOf(series.timesS);
  const quarter = (lastS - firstS) / 4;
  const first = rateBetween(births, firstS, firstS + quarter, sampleBytes);
  const last = rateBetween(births, lastS - quarter, lastS, sampleBytes);
  const x0 = mean(series.values.filter((_, i) => series.timesS[i]! <= firstS + quarter));
  const x1 = mean(series.values.filter((_, i) => series.timesS[i]! >= lastS - quarter));
  if (!(first.rate > 0)) return LOAD_UNKNOWN;
  const ratio = last.rate / first.rate;
  const excess = excessOf(ratio, x0, x1);
  const upper = ratio * Math.exp(1.64 * Math.sqrt(1 / first.samples + 1 / Math.max(last.samples, 1)));
  const outcome =
    excess < THRESHOLDS.loadFollows
      ? 'follows'
      : excess < THRESHOLDS.loadPartly || excessOf(upper, x0, x1) < THRESHOLDS.loadPartly
        ? 'partly'
        : 'independent';
  return { outcome, source, birthsRatio: ratio, excess };
}

function excessOf(ratio: number, x0: number, x1: number): number {
  if (ratio < THRESHOLDS.loadGrowth || x1 <= x0) return 1;
  return (x1 - ratio * x0) / (x1 - x0);
}
