import type { Connection } from './connection.ts';
import type { StoreStats } from './profile-store.ts';
import { readRows } from './row-binary.ts';
import { sql } from './sql.ts';

/** Counts and sizes over all tenants, as the engine keeps them: nothing is read, and no query is waited for. */
export async function readStats(connection: Pick<Connection, 'inspect'>): Promise<StoreStats> {
  const rows = await connection.inspect(sql`
    SELECT sumIf(rows, table = 'profiles'), sum(bytes_on_disk)
    FROM system.parts WHERE database = 'leakscope' AND active`);
  const [stats] = readRows(rows, (row) => ({ profiles: row.int64Number(), sizeBytes: row.int64Number() }));
  if (stats === undefined) throw new Error('an aggregate over a whole table answered no row');
  return stats;
}
