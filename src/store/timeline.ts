import { type Labels, makeLabels } from '../model/labels.ts';
import { NS_PER_MS, type TimeRange } from '../model/time-range.ts';
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

/** Snapshots of gauges so long before and after the range tell which series exist at its ends. */
const AROUND_NS = 600_000_000_000n;

/** A series exists between two snapshots that are no further apart than so many of its own median intervals. */
const MAX_GAP_INTERVALS = sql`2.5`;

/** Totals per step and group; see `TimelineQuery` for what a point covers. Throws badSelector, badProfileType. */
export async function readTimeline(source: Source, query: TimelineQuery): Promise<readonly TimelineSeries[]> {
  await checkPatterns(source, query);
  const aggregation = aggregationOf(query);
  const statement = aggregation === 'sum' ? sums(query) : levels(query, aggregation);
  return collect(await source.select(statement), query);
}

function sums(query: TimelineQuery): Sql {
  return sql`
    SELECT group_labels, point, ${IN_STEP.sum} AS total
    FROM ${snapshots(query, query.range)}
    WHERE point >= 0 AND point <= ${int64(lastPoint(query))}
    GROUP BY group_labels, point
    ORDER BY group_labels, point`;
}

/**
 * Gauges. Where a series has no snapshot in a step, but does before and after it, its last value counts: as a rise
 * behind the step of the one snapshot and a fall in the step of the next, added up over the steps of the group. That is
 * one pass over the snapshots however narrow the steps are, and exact for whole numbers up to 2^53.
 */
function levels(query: TimelineQuery, aggregation: Aggregation): Sql {
  return sql`
    SELECT group_labels, point, total
    FROM (
      SELECT group_labels, edge.1 AS point, max(edge.4) AS has_profiles,
        sum(edge.2) + sum(sum(edge.3)) OVER (PARTITION BY group_labels ORDER BY point ROWS UNBOUNDED PRECEDING) AS total
      FROM (${seriesInSteps(query, aggregation)})
      ARRAY JOIN arrayConcat(
        if(own_point >= 0 AND own_point <= ${int64(lastPoint(query))}, [(own_point, in_step, toFloat64(0), 1)], []),
        if(last.3 > own_point + 1 AND last.2 <= ${MAX_GAP_INTERVALS} * last.4,
          [(own_point + 1, toFloat64(0), last.1, 0), (last.3, toFloat64(0), -last.1, 0)], [])) AS edge
      GROUP BY group_labels, point
    )
    WHERE has_profiles
    ORDER BY group_labels, point`;
}

/** A row per averaging series and step that has snapshots of it; `last`: value, ns to the next snapshot, its step, median ns. */
function seriesInSteps(query: TimelineQuery, aggregation: Aggregation): Sql {
  const { fromNs, untilNs } = query.range;
  const around = { fromNs: fromNs - AROUND_NS, untilNs: untilNs + AROUND_NS };
  return sql`
    SELECT group_labels, own_point, ${IN_STEP[aggregation]} AS in_step,
      argMax((value, gap_ns, next_point, median_ns), (time_ns, series_id)) AS last
    FROM (
      SELECT *, quantileExactLowIf(0.5)(gap_ns, gap_ns > 0) OVER (PARTITION BY group_labels, average_id) AS median_ns
      FROM (
        SELECT group_labels, average_id, series_id, time_ns, point AS own_point, value,
          leadInFrame(time_ns, 1, time_ns) OVER following - time_ns AS gap_ns,
          leadInFrame(point, 1, point) OVER following AS next_point
        FROM ${snapshots(query, around)}
        WINDOW following AS (
          PARTITION BY group_labels, average_id ORDER BY time_ns, series_id ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING)
      )
    )
    GROUP BY group_labels, average_id, own_point`;
}

/** Rows of profiles, each with its group and the number of its point: -1 before the range, one too many after it. */
function snapshots(query: TimelineQuery, range: TimeRange): Sql {
  const { stepNs } = query;
  const { fromNs } = query.range;
  const wider = { ...query, range };
  return sql`(
    SELECT group_labels, series_id, average_id, time_ns, point, value
    FROM (
      SELECT series_id, average_id, time_ns, ${filteredTotal(query)} AS value,
        multiIf(time_ns < ${int64(fromNs)}, -1, time_ns > ${int64(fromNs + lastPoint(query) * stepNs)}, ${int64(lastPoint(query) + 1n)},
          intDiv(time_ns - ${int64(fromNs)} + ${int64(stepNs - 1n)}, ${int64(stepNs)})) AS point
      FROM leakscope.profiles
      WHERE ${matchingProfiles(wider)}
    ) AS rows
    ${query.groupBy.length === 0 ? sql`CROSS JOIN (SELECT CAST([], 'Array(String)') AS group_labels) AS groups` : joinGroups(wider)}
  )`;
}

/** The largest k of which t = from + k * step is in the range. */
function lastPoint({ range, stepNs }: TimelineQuery): bigint {
  return (range.untilNs - range.fromNs) / stepNs;
}

function filteredTotal({ onlyStacks }: TimelineQuery): Sql {
  if (onlyStacks === undefined) return sql`toFloat64(total)`;
  return sql`arraySum((s, v) -> if(s IN ${uint64s(onlyStacks)}, toFloat64(v), 0), stacks, values)`;
}

function joinGroups(query: TimelineQuery): Sql {
  const labels = joinSql(
    query.groupBy.map((name) => sql`toString(${labelValue(name)})`),
    sql`, `,
  );
  return sql`INNER JOIN (
    SELECT DISTINCT series_id, [${labels}] AS group_labels FROM leakscope.series
    WHERE ${matchingSeries(query)} AND profile_type = ${string(query.profileType)}
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
