import type { StackHistory } from '../model/history.ts';
import type { StackId } from '../model/stack.ts';
import type { Source } from './connection.ts';
import { dayOf } from './days.ts';
import type { HistoryQuery } from './profile-store.ts';
import { RowBinaryReader, readRows } from './row-binary.ts';
import { int64, type Sql, sql, string, uint64s } from './sql.ts';

const KINDS = ['goroutine', 'goroutineleak', 'inuse_space', 'inuse_objects', 'alloc_space'] as const;
export type Kind = (typeof KINDS)[number];

/** The history of one kind in one segment, while it is being read. */
export interface Points extends StackHistory {
  readonly segmentId: bigint;
  readonly kind: Kind;
  /** Bin of each point, ascending: ns since the first profile divided by the width of a bin. */
  readonly bins: readonly bigint[];
  /** Gauges: time and series of the profile that each point shows. */
  readonly timesNs: readonly bigint[];
  readonly seriesIds: readonly bigint[];
  readonly period: number;
  /** (stack, value) pairs in the profiles behind the points, zeros included. */
  readonly cells: number;
  readonly byStack: Map<StackId, Float64Array>;
}

export interface Identity {
  readonly instance: string;
  readonly version: string;
  readonly session: string;
}

/**
 * The profiles of a service that the leak engine looks at, each with its `segment_id`, `kind` and `bin`.
 *
 * Kinds go by sample type, so that `goroutine:…` and `goroutines:…` are one. Up to `maxPoints` profiles, every instant
 * is a bin of its own; above, bins have equal widths. The three heap kinds share their bins, so that allocations align
 * with what is in use. `segmentIds`: of these segments only.
 */
export function binnedProfiles(query: HistoryQuery, segmentIds?: readonly bigint[]): Sql {
  const ofSegments = segmentIds === undefined ? sql`1` : sql`segment_id IN ${uint64s(segmentIds)}`;
  const profiles = sql`${profilesOf(query)} AND ${ofSegments}`;
  return sql`(
    SELECT segment_id, kind, intDiv(time_ns - spans.first_ns, spans.width_ns) AS bin,
      series_id, profile_type, time_ns, duration_ns, period, total, stacks, values
    FROM (SELECT *, ${KIND} AS kind, ${FAMILY} AS family FROM leakscope.profiles WHERE ${profiles}) AS profiles
    INNER JOIN (
      SELECT segment_id, ${FAMILY} AS family, min(time_ns) AS first_ns,
        if(uniqExact(time_ns) <= ${int64(query.maxPoints)}, 1,
          intDiv(max(time_ns) - first_ns, ${int64(query.maxPoints)}) + 1) AS width_ns
      FROM leakscope.profiles WHERE ${profiles}
      GROUP BY segment_id, family
    ) AS spans USING segment_id, family
  )`;
}

const SAMPLE_TYPE = sql`splitByChar(':', toString(profile_type))[2]`;
export const KIND = sql`if(${SAMPLE_TYPE} = 'goroutines', 'goroutine', ${SAMPLE_TYPE})`;
const FAMILY = sql`if(${SAMPLE_TYPE} IN ('goroutine', 'goroutines', 'goroutineleak'), ${KIND}, 'heap')`;

/** The rows of `profiles` behind a history. */
export function profilesOf({ tenant, service, range }: HistoryQuery): Sql {
  return sql`tenant = ${string(tenant)} AND service = ${string(service)}
    AND time_ns >= ${int64(range.fromNs)} AND time_ns <= ${int64(range.untilNs)}
    AND ${SAMPLE_TYPE} IN ('goroutine', 'goroutines', 'goroutineleak', 'inuse_space', 'inuse_objects', 'alloc_space')`;
}

/** Times and totals of all points: the last profile of a bin for gauges, the sum over it for counters, as Float64. */
export async function readPoints(
  source: Source,
  query: HistoryQuery,
  segmentIds: readonly bigint[] | undefined,
): Promise<Points[]> {
  const rows = await source.select(sql`
    SELECT segment_id, kind, groupArray(bin), groupArray(last_ns), groupArray(last_series), groupArray(covered_ns), groupArray(bin_total),
      argMax(bin_period, bin), sum(bin_cells)
    FROM (
      SELECT segment_id, kind, bin, max((time_ns, series_id)) AS last, last.1 AS last_ns, last.2 AS last_series, sum(toFloat64(duration_ns)) AS covered_ns,
        if(kind = 'alloc_space', sum(toFloat64(total)), toFloat64(argMax(total, (time_ns, series_id)))) AS bin_total,
        argMax(period, time_ns) AS bin_period,
        if(kind = 'alloc_space', sum(length(stacks)), max(length(stacks))) AS bin_cells
      FROM ${binnedProfiles(query, segmentIds)}
      GROUP BY segment_id, kind, bin
      ORDER BY segment_id, kind, bin
    )
    GROUP BY segment_id, kind ORDER BY segment_id, kind`);
  return readRows(rows, readOne);
}

function readOne(row: RowBinaryReader): Points {
  const segmentId = row.uint64();
  const kind = row.string() as Kind;
  const bins = row.array(() => row.int64());
  const timesNs = row.array(() => row.int64());
  const seriesIds = row.array(() => row.uint64());
  const coveredNs = row.array(() => row.float64());
  const totals = row.array(() => row.float64());
  return {
    segmentId,
    kind,
    bins,
    timesNs,
    seriesIds,
    // Split before dividing: ns since the epoch exceed 2^53.
    timesS: Float64Array.from(timesNs, (ns) => Number(ns / 1_000_000_000n) + Number(ns % 1_000_000_000n) / 1e9),
    coveredS: Float64Array.from(coveredNs, (ns) => ns / 1e9),
    totals: Float64Array.from(totals),
    period: row.int64Number(),
    cells: row.int64Number(),
    byStack: new Map(),
  };
}

/** Who is behind each segment id of the service. */
export async function readIdentities(
  source: Source,
  { tenant, service, range }: HistoryQuery,
): Promise<ReadonlyMap<bigint, Identity>> {
  const rows = await source.select(sql`
    SELECT segment_id, any(instance), any(version), any(session) FROM leakscope.series
    WHERE tenant = ${string(tenant)} AND service = ${string(service)}
      AND day >= ${int64(dayOf(range.fromNs))} AND day <= ${int64(dayOf(range.untilNs))}
    GROUP BY segment_id`);
  const identities = new Map<bigint, Identity>();
  const reader = new RowBinaryReader(rows);
  while (!reader.done) {
    const segmentId = reader.uint64();
    identities.set(segmentId, { instance: reader.string(), version: reader.string(), session: reader.string() });
  }
  return identities;
}
