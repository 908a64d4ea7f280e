import { type Labels, makeLabels } from '../model/labels.ts';
import { NS_PER_MS } from '../model/time-range.ts';
import type { Source } from './connection.ts';
import { aggregationOf } from './merge-stacks.ts';
import type { Aggregation, TimelineQuery, TimelineSeries } from './profile-store.ts';
import { RowBinaryReader } from './row-binary.ts';
import { checkPatterns, labelValue, matchingProfiles, matchingSeries } from './selection.ts';
import { int64, joinSql, type Sql, sql, string, uint64s } from './sql.ts';

/** How the snapshots of one averaging series within one step become one value; all Float64, since Int64 would wrap. */
const IN_STEP: Readonly<Record<Aggregation, Sql>> = {
  mean: sql`avg(value)`,
  last: sql`argMax(value, (time_ns, series_id))`,
  max: sql`max(value)`,
  sum: sql`sum(value)`,
};

/** Totals per step and group; see `TimelineQuery` for what a point covers. Throws badSelector, badProfileType. */
export async function readTimeline(source: Source, query: TimelineQuery): Promise<readonly TimelineSeries[]> {
  await checkPatterns(source, query);
  const { range, stepNs, groupBy, profileType } = query;
  const points = sql`intDiv(time_ns - ${int64(range.fromNs)} + ${int64(stepNs - 1n)}, ${int64(stepNs)})`;
  const rows = await source.select(sql`
    SELECT group_labels, point, sum(in_step) AS total
    FROM (
      SELECT group_labels, average_id, point, ${IN_STEP[aggregationOf(query)]} AS in_step
      FROM (
        SELECT series_id, average_id, time_ns, ${points} AS point, ${filteredTotal(query)} AS value
        FROM leakscope.profiles
        WHERE ${matchingProfiles(query)}
          AND time_ns <= ${int64(lastPointNs(query))}
      ) AS rows
      ${groupBy.length === 0 ? sql`CROSS JOIN (SELECT CAST([], 'Array(String)') AS group_labels) AS groups` : joinGroups(query, profileType)}
      GROUP BY group_labels, average_id, point
    )
    GROUP BY group_labels, point
    ORDER BY group_labels, point`);
  return collect(rows, query);
}

/** The last t = from + k * step that is in the range. */
function lastPointNs({ range, stepNs }: TimelineQuery): bigint {
  return range.fromNs + ((range.untilNs - range.fromNs) / stepNs) * stepNs;
}

function filteredTotal({ onlyStacks }: TimelineQuery): Sql {
  if (onlyStacks === undefined) return sql`toFloat64(total)`;
  return sql`arraySum((s, v) -> if(s IN ${uint64s(onlyStacks)}, toFloat64(v), 0), stacks, values)`;
}

function joinGroups(query: TimelineQuery, profileType: string): Sql {
  const labels = joinSql(
    query.groupBy.map((name) => sql`toString(${labelValue(name)})`),
    sql`, `,
  );
  return sql`INNER JOIN (
    SELECT DISTINCT series_id, [${labels}] AS group_labels FROM leakscope.series
    WHERE ${matchingSeries(query)} AND profile_type = ${string(profileType)}
  ) AS groups USING series_id`;
}

function collect(rows: Uint8Array, { range, stepNs, groupBy }: TimelineQuery): readonly TimelineSeries[] {
  const reader = new RowBinaryReader(rows);
  const series = new Map<string, { labels: Labels; timesMs: number[]; values: number[] }>();
  while (!reader.done) {
    const values = reader.array(() => reader.string());
    const point = reader.int64();
    const total = reader.float64();
    const key = JSON.stringify(values);
    let one = series.get(key);
    if (one === undefined) {
      one = { labels: makeLabels(groupBy.map((name, i) => [name, values[i] ?? ''])), timesMs: [], values: [] };
      series.set(key, one);
    }
    // Whole ms: a step is at least 1 ms, and callers speak ms.
    one.timesMs.push(Number((range.fromNs + point * stepNs) / NS_PER_MS));
    one.values.push(total);
  }
  return [...series.values()];
}
