/** A closed range of instants, both ends included, in ns since the epoch. */
export interface TimeRange {
  readonly fromNs: bigint;
  readonly untilNs: bigint;
}

export const NS_PER_MS = 1_000_000n;
export const NS_PER_S = 1_000_000_000n;

/** ISO 8601, UTC, as every answer says times. */
export function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
