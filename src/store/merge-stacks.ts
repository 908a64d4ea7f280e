import { isGauge, parseProfileType } from '../model/profile-type.ts';
import { OTHER_FRAME, type StackId, type StackValues } from '../model/stack.ts';
import type { Source } from './connection.ts';
import { readFrames } from './frames.ts';
import type { Aggregation, MergedProfile, MergeQuery, MergeStacksQuery } from './profile-store.ts';
import { RowBinaryReader, readRows } from './row-binary.ts';
import { checkPatterns, matchingProfiles } from './selection.ts';
import { type Sql, sql } from './sql.ts';

/** How rows of a type are aggregated: as asked for gauges, summed for counters. */
export function aggregationOf(query: MergeQuery): Aggregation {
  return isGauge(parseProfileType(query.profileType)) ? query.aggregation : 'sum';
}

/** Services beyond which symbols are looked up in all of them instead of by name; the statement stops one above. */
const NAMED_SERVICES = 100;

/** Id of `OTHER_FRAME` alone in an answer; should a stack have it, its value is added. */
const OTHER_ID = 2n ** 64n - 1n;

/** One value per stack over all matching profiles, with frames; zeros and the empty stack are left out. Throws badSelector, badProfileType. */
export async function mergeStacks(source: Source, query: MergeStacksQuery): Promise<MergedProfile> {
  await checkPatterns(source, query);
  const matching = matchingProfiles(query);
  const [counts] = readRows(
    await source.select(sql`
      SELECT count(), uniqExact(series_id), groupUniqArray(101)(service)
      FROM leakscope.profiles WHERE ${matching}`),
    (row) => ({
      profiles: row.int64Number(),
      series: row.int64Number(),
      services: row.array(() => row.string()),
    }),
  );
  if (counts === undefined || counts.profiles === 0) {
    return { values: new Map(), stacks: new Map(), profileCount: 0, seriesCount: 0 };
  }
  const rows = readValues(await source.select(STATEMENTS[aggregationOf(query)](matching)));
  const values = foldSmallest(rows, query.maxStacks ?? rows.size);
  const services = counts.services.length > NAMED_SERVICES ? [] : counts.services;
  const { tenant, range } = query;
  const stacks = await readFrames(source, { tenant, services, range, ids: values.keys() });
  if (values.size < rows.size) stacks.set(OTHER_ID, [OTHER_FRAME]);
  return { values, stacks, profileCount: counts.profiles, seriesCount: counts.series };
}

/** One row per stack: id and value. Added as Float64, since sums of Int64 would wrap around. */
const STATEMENTS: Readonly<Record<Aggregation, (matching: Sql) => Sql>> = {
  sum: (matching) => sql`
    SELECT stack, sum(toFloat64(value)) AS merged
    FROM leakscope.profiles ARRAY JOIN stacks AS stack, values AS value
    WHERE ${matching} AND stack != 0 AND value != 0
    GROUP BY stack`,

  // A stack that a snapshot does not have counts 0 there: hence the sum over the snapshots by their number.
  mean: (matching) => sql`
    SELECT stack, sum(added / snapshots) AS merged
    FROM (
      SELECT average_id, stack, sum(toFloat64(value)) AS added
      FROM leakscope.profiles ARRAY JOIN stacks AS stack, values AS value
      WHERE ${matching} AND stack != 0 AND value != 0
      GROUP BY average_id, stack
    ) AS sums
    INNER JOIN (
      SELECT average_id, count() AS snapshots FROM leakscope.profiles WHERE ${matching} GROUP BY average_id
    ) AS counts USING average_id
    GROUP BY stack`,

  last: (matching) => oneSnapshot(matching, sql`(time_ns, series_id)`),
  max: (matching) => oneSnapshot(matching, sql`(total, time_ns, series_id)`),
};

/** Adds one snapshot of each averaging series: the one that comes last in `order`. */
function oneSnapshot(matching: Sql, order: Sql): Sql {
  return sql`
    SELECT stack, sum(toFloat64(value)) AS merged
    FROM (
      SELECT stacks, values FROM leakscope.profiles
      WHERE ${matching} AND (average_id, ${order}) IN (
        SELECT average_id, max(${order}) FROM leakscope.profiles WHERE ${matching} GROUP BY average_id)
      LIMIT 1 BY average_id
    ) ARRAY JOIN stacks AS stack, values AS value
    WHERE stack != 0 AND value != 0
    GROUP BY stack`;
}

function readValues(rows: Uint8Array): Map<StackId, number> {
  const reader = new RowBinaryReader(rows);
  const values = new Map<StackId, number>();
  while (!reader.done) {
    const stack = reader.uint64();
    values.set(stack, reader.float64());
  }
  return values;
}

/** The `maxStacks` largest values, of equals those that come first; the sum of the others stands under `OTHER_ID`. */
function foldSmallest(values: StackValues, maxStacks: number): StackValues {
  if (values.size <= maxStacks) return values;
  const byValue = Float64Array.from(values.values()).sort();
  const least = byValue[byValue.length - maxStacks]!;
  let equals = 0;
  for (let at = byValue.length - maxStacks; byValue[at] === least; at++) equals++;
  const kept = new Map<StackId, number>();
  let rest = 0;
  for (const [id, value] of values) {
    if (value > least || (value === least && equals-- > 0)) kept.set(id, value);
    else rest += value;
  }
  return kept.set(OTHER_ID, rest + (kept.get(OTHER_ID) ?? 0));
}
