export const NS_PER_DAY = 86_400_000_000_000n;

/** Whole days since the epoch (UTC); rounds towards 0 as ClickHouse's intDiv does. */
export function dayOf(timeNs: bigint): bigint {
  return timeNs / NS_PER_DAY;
}
