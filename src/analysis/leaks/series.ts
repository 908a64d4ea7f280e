import type { StackHistory } from '../../model/history.ts';
import type { StackId } from '../../model/stack.ts';

/** Values over time; same length, `timesS` ascending, s since the epoch. */
export interface Series {
  readonly timesS: Float64Array;
  readonly values: Float64Array;
}

/** Sum over stacks at every point; stacks that never occur count 0. */
export function sumOf(history: StackHistory, stacks: Iterable<StackId>): Float64Array {
  const sum = new Float64Array(history.timesS.length);
  for (const id of stacks) {
    const values = history.byStack.get(id);
    if (values !== undefined) for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
  }
  return sum;
}

/** Points with fromS <= time <= untilS, as views on the same memory. */
export function sliceHistory(history: StackHistory, fromS: number, untilS: number): StackHistory {
  const begin = firstAtOrAfter(history.timesS, fromS);
  const end = firstAfter(history.timesS, untilS);
  if (begin === 0 && end === history.timesS.length) return history;
  const byStack = new Map<StackId, Float64Array>();
  for (const [id, values] of history.byStack) byStack.set(id, values.subarray(begin, end));
  return {
    timesS: history.timesS.subarray(begin, end),
    coveredS: history.coveredS.subarray(begin, end),
    totals: history.totals.subarray(begin, end),
    byStack,
  };
}

/** Points with fromS <= time <= untilS, as views on the same memory. */
export function sliceSeries(series: Series, fromS: number, untilS: number): Series {
  const begin = firstAtOrAfter(series.timesS, fromS);
  const end = firstAfter(series.timesS, untilS);
  return { timesS: series.timesS.subarray(begin, end), values: series.values.subarray(begin, end) };
}

function firstAtOrAfter(timesS: Float64Array, timeS: number): number {
  return partition(timesS, (time) => time >= timeS);
}

function firstAfter(timesS: Float64Array, timeS: number): number {
  return partition(timesS, (time) => time > timeS);
}

/** Index of the first time for which `isRight` holds, where it holds for all later ones too. */
function partition(timesS: Float64Array, isRight: (timeS: number) => boolean): number {
  let low = 0;
  let high = timesS.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isRight(timesS[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The last value; NaN for none. */
export function lastOf(values: ArrayLike<number>): number {
  return values[values.length - 1] ?? Number.NaN;
}
