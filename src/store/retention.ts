import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { dayOf, NS_PER_DAY } from './days.ts';
import { readRows } from './row-binary.ts';
import { int64, type Sql, sql, string } from './sql.ts';

/**
 * Deletes profiles older than the cutoff, with the series and stacks of their days. Whole days go by dropping their
 * files; of the day in which the cutoff lies, the parts that hold older rows are rewritten. Its stacks stay until the
 * day is over, since newer profiles share them. Resolves when the rows are gone from disk, and returns how many
 * profiles (rows: one per upload and sample type) went.
 */
export async function deleteProfilesOlderThan(connection: Connection, cutoffNs: bigint): Promise<number> {
  const [count = 0] = readRows(
    await connection.select(sql`SELECT count() FROM leakscope.profiles WHERE time_ns < ${int64(cutoffNs)}`),
    (row) => row.int64Number(),
  );
  for (const { table, partition } of await partitionsBefore(connection, dayOf(cutoffNs))) {
    await connection.command(dropPartition(table, partition));
  }
  if (cutoffNs % NS_PER_DAY !== 0n) {
    await connection.command(sql`ALTER TABLE leakscope.profiles DELETE WHERE time_ns < ${int64(cutoffNs)}`);
    await connection.command(sql`ALTER TABLE leakscope.series DELETE WHERE last_ns < ${int64(cutoffNs)}`);
    await rewritten(connection);
  }
  return count;
}

/** How often to ask whether parts have been rewritten. Asking is cheap; waiting inside the engine would block queries. */
const POLL_MS = 50;

async function rewritten(connection: Connection): Promise<void> {
  for (;;) {
    const rows = await connection.select(
      sql`SELECT countIf(NOT is_done), any(latest_fail_reason) FROM system.mutations WHERE database = 'leakscope'`,
    );
    const [state] = readRows(rows, (row) => ({ left: row.int64Number(), failure: row.string() }));
    if (state === undefined || state.left === 0) return;
    if (state.failure !== '') throw new Error(`deleting old profiles failed: ${state.failure}`);
    await sleep(POLL_MS);
  }
}

type DailyTable = 'profiles' | 'series' | 'stacks';

interface Partition {
  readonly table: DailyTable;
  readonly partition: string;
}

async function partitionsBefore(connection: Connection, day: bigint): Promise<Partition[]> {
  const rows = await connection.select(sql`
    SELECT DISTINCT table, partition FROM system.parts
    WHERE database = 'leakscope' AND table IN ('profiles', 'series', 'stacks') AND active
      AND toInt64(partition) < ${int64(day)}
    ORDER BY table, partition`);
  return readRows(rows, (row) => ({ table: row.string() as DailyTable, partition: row.string() }));
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
