import type { TimeRange } from '../model/time-range.ts';
import type { Source } from './connection.ts';
import type { ServiceSummary } from './profile-store.ts';
import { readRows } from './row-binary.ts';
import { matchingSeries } from './selection.ts';
import { sql } from './sql.ts';

/** Services with profiles in the range, by name. Lists of versions and instances stop at 1,000 each. */
export async function readServices(
  source: Source,
  tenant: string,
  range: TimeRange,
): Promise<readonly ServiceSummary[]> {
  const rows = await source.select(sql`
    SELECT service,
      arraySort(groupUniqArrayIf(1000)(version, version != '')),
      arraySort(groupUniqArrayIf(1000)(instance, instance != '')),
      arraySort(groupUniqArray(profile_type)),
      min(first_ns), max(last_ns)
    FROM leakscope.series
    WHERE ${matchingSeries({ tenant, selector: [], range })}
    GROUP BY service ORDER BY service`);
  return readRows(rows, (row) => ({
    name: row.string(),
    versions: row.array(() => row.string()),
    instances: row.array(() => row.string()),
    profileTypes: row.array(() => row.string()),
    firstSeenNs: row.int64(),
    lastSeenNs: row.int64(),
  }));
}
