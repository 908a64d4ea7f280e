import { formatTick } from '../text/time.ts';

/** Distances of the labels on a time axis. */
export const TICK_STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
] as const;

/** Labels of ticks (s since the epoch): clock times, the date where a day begins. */
export function tickLabels(ticksS: readonly number[], stepS: number, zone: string | undefined): string[] {
  return ticksS.map((tickS, at) => {
    const previousS = ticksS[at - 1];
    return formatTick(tickS * 1000, previousS === undefined ? undefined : previousS * 1000, stepS * 1000, zone);
  });
}

/** Indices of values that have none beside them: they need a dot to be seen. */
export function isolatedPoints(values: ArrayLike<number | null | undefined>): number[] {
  const isolated: number[] = [];
  const has = (at: number) => values[at] !== null && values[at] !== undefined;
  for (let at = 0; at < values.length; at++) if (has(at) && !has(at - 1) && !has(at + 1)) isolated.push(at);
  return isolated;
}

/** Distances of the labels on a value axis: 1, 2, 5 times a power of ten, of 1024 with tens between for bytes. */
export function valueSteps(isBytes: boolean): number[] {
  const steps: number[] = [];
  const powers = isBytes ? [1, 1024, 1024 ** 2, 1024 ** 3, 1024 ** 4] : [1e-6, 1e-3, 1, 1e3, 1e6, 1e9, 1e12, 1e15];
  for (const power of powers)
    for (const tens of [1, 10, 100]) for (const unit of [1, 2, 5]) steps.push(power * tens * unit);
  return steps;
}
