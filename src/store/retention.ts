import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { dayOf, NS_PER_DAY } from './days.ts';
import { readRows } from './row-binary.ts';
import { int64, type Sql, sql, string } from './sql.ts';

/**
 * Deletes profiles older than the cutoff, with the series and stacks of their days. Whole days go by dropping their
 * files; of the day in which the cutoff lies, the parts that hold older rows are rewritten. Its stacks stay until the
 * day is over, since newer profiles share them. Resolves when no query sees the rows, and returns how many profiles
 * (rows: one per upload and sample type) went; the files of rewritten parts go some minutes later (`old_parts_lifetime`).
 * Throws what `signal` was aborted with while it waits for the rewriting, which goes on.
 */
export async function deleteProfilesOlderThan(
  connection: Connection,
  cutoffNs: bigint,
  signal?: AbortSignal,
): Promise<number> {
  const counted = sql`SELECT count() FROM leakscope.profiles WHERE time_ns < ${int64(cutoffNs)}`;
  const [count = 0] = readRows(await connection.until(signal).select(counted), (row) => row.int64Number());
  for (const { table, partition } of await partitionsBefore(connection, dayOf(cutoffNs))) {
    await connection.command(dropPartition(table, partition));
  }
  if (cutoffNs % NS_PER_DAY !== 0n) {
    await connection.command(sql`ALTER TABLE leakscope.profiles DELETE WHERE time_ns < ${int64(cutoffNs)}`);
    await connection.command(sql`ALTER TABLE leakscope.series DELETE WHERE last_ns < ${int64(cutoffNs)}`);
    await rewritten(connection, signal);
  }
  return count;
}

/** How often to ask whether parts have been rewritten. Waiting inside the engine could not be interrupted. */
const POLL_MS = 50;
/** A day's parts are rewritten in seconds. Later than this something is wrong that the engine does not call a failure. */
const REWRITE_TIMEOUT_MS = 600_000;

async function rewritten(connection: Connection, signal: AbortSignal | undefined): Promise<void> {
  const deadlineMs = performance.now() + REWRITE_TIMEOUT_MS;
  for (;;) {
    const rows = await connection.inspect(sql`
      SELECT countIf(NOT is_done), anyIf(latest_fail_reason, NOT is_done AND latest_fail_reason != '')
      FROM system.mutations WHERE database = 'leakscope'`);
    const [state] = readRows(rows, (row) => ({ left: row.int64Number(), failure: row.string() }));
    if (state === undefined || state.left === 0) return;
    // The engine tries again for ever; whoever calls next finds out how that went.
    if (state.failure !== '') throw new Error(`deleting old profiles failed: ${state.failure}`);
    if (performance.now() > deadlineMs) throw new Error(`deleting old profiles takes over ${REWRITE_TIMEOUT_MS} ms`);
    signal?.throwIfAborted();
    await sleep(POLL_MS);
  }
}

type DailyTable = 'profiles' | 'series' | 'stacks';

interface Partition {
  readonly table: DailyTable;
  readonly partition: string;
}

async function partitionsBefore(connection: Connection, day: bigint): Promise<Partition[]> {
  const rows = await connection.inspect(sql`
    SELECT DISTINCT table, partition FROM system.parts
    WHERE database = 'leakscope' AND table IN ('profiles', 'series', 'stacks') AND active
    ORDER BY table, partition`);
  const partitions = readRows(rows, (row) => ({ table: row.string() as DailyTable, partition: row.string() }));
  return partitions.filter(({ partition }) => BigInt(partition) < day);
}

function dropPartition(table: DailyTable, partition: string): Sql {
  switch (table) {
    case 'profiles':
      return sql`ALTER TABLE leakscope.profiles DROP PARTITION ${string(partition)}`;
    case 'series':
      return sql`ALTER TABLE leakscope.series DROP PARTITION ${string(partition)}`;
    case 'stacks':
      return sql`ALTER TABLE leakscope.stacks DROP PARTITION ${string(partition)}`;
  }
}
