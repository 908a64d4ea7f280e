import type { Connection } from './connection.ts';
import type { StoreStats } from './profile-store.ts';
import { readRows } from './row-binary.ts';
import { sql, string } from './sql.ts';

/** Counts of a tenant (profiles: one per upload and sample type), and the size on disk of all tenants together. */
export async function readStats(connection: Connection, tenant: string): Promise<StoreStats> {
  const rows = await connection.select(sql`
    SELECT profiles, oldest_ns, newest_ns, series, stacks, size_bytes FROM
      (SELECT count() AS profiles, min(time_ns) AS oldest_ns, max(time_ns) AS newest_ns
        FROM leakscope.profiles WHERE tenant = ${string(tenant)}) AS a,
      (SELECT uniq(series_id) AS series FROM leakscope.series WHERE tenant = ${string(tenant)}) AS b,
      (SELECT uniq(stack_id) AS stacks FROM leakscope.stacks WHERE tenant = ${string(tenant)}) AS c,
      (SELECT sum(bytes_on_disk) AS size_bytes FROM system.parts WHERE database = 'leakscope' AND active) AS d`);
  const [stats] = readRows(rows, (row) => {
    const profiles = row.int64Number();
    const oldestNs = row.int64();
    const newestNs = row.int64();
    const [series, stacks, sizeBytes] = [row.int64Number(), row.int64Number(), row.int64Number()];
    const times = profiles === 0 ? { oldestNs: null, newestNs: null } : { oldestNs, newestNs };
    return { profiles, series, stacks, sizeBytes, ...times };
  });
  if (stats === undefined) throw new Error('aggregates over whole tables answered no row');
  return stats;
}
