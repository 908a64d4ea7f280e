/** How many points a timeline aims at, and the least distance between two. */
const TARGET_POINTS = 1500;
const MIN_STEP_S = 15;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** [interval up to which it is used, step], in seconds; Pyroscope's clients expect these steps. */
const LADDER: readonly (readonly [number, number])[] = [
  [17.5, 15],
  [25, 20],
  [45, 30],
  [1.5 * MINUTE, MINUTE],
  [3.5 * MINUTE, 2 * MINUTE],
  [7.5 * MINUTE, 5 * MINUTE],
  [12.5 * MINUTE, 10 * MINUTE],
  [17.5 * MINUTE, 15 * MINUTE],
  [25 * MINUTE, 20 * MINUTE],
  [45 * MINUTE, 30 * MINUTE],
  [1.5 * HOUR, HOUR],
  [2.5 * HOUR, 2 * HOUR],
  [4.5 * HOUR, 3 * HOUR],
  [9 * HOUR, 6 * HOUR],
  [DAY, 12 * HOUR],
  [7 * DAY, DAY],
  [21 * DAY, 7 * DAY],
];

/** Seconds between two points of a timeline over a range of that length. */
export function timelineStepS(rangeS: number): number {
  const interval = Math.max(rangeS / TARGET_POINTS, MIN_STEP_S);
  return LADDER.find(([upTo]) => interval <= upTo)?.[1] ?? 30 * DAY;
}
