import type { Source } from './connection.ts';
import { KIND, profilesOf } from './history-points.ts';
import type { HistoryQuery } from './profile-store.ts';
import { readRows } from './row-binary.ts';
import { sql } from './sql.ts';

/** Stacks kept of one kind in one segment: those with the largest value at any point, of counters the largest sum. */
const MAX_STACKS = 2_000;
/** Stacks that are always kept; a service for which even that is too much has fewer points, then fewer segments. */
const MIN_STACKS = 100;
/** Values kept of one service, 8 bytes each. */
const MAX_VALUES = 24_000_000;
/** What a stack of a segment occupies besides its values, in values: an array object and its entry in a map. */
const VALUES_PER_STACK = 25;
/** Points of a segment below which segments are left out instead: growth is judged on no less than a dozen. */
const MIN_POINTS = 50;

const NS_PER_HOUR = 3_600_000_000_000n;

/** What there is of one segment. */
export interface SegmentSize {
  readonly segmentId: bigint;
  readonly lastNs: bigint;
  /** Distinct instants of each kind. */
  readonly instants: readonly number[];
}

/** How much of a history is read. */
export interface HistoryPlan {
  readonly maxPoints: number;
  /** Of each kind in each segment. */
  readonly maxStacks: number;
  /** Absent: all. */
  readonly segmentIds?: readonly bigint[];
}

/**
 * Fits a history into MAX_VALUES: with fewer stacks, then with fewer points, then with fewer segments. Those that were
 * seen last are kept, to the hour; within an hour the lowest ids, which are hashes: a sample, the same at each reading.
 */
export function planHistory(sizes: readonly SegmentSize[], maxPoints: number): HistoryPlan {
  const limit = MAX_VALUES / MIN_STACKS;
  const leastPoints = Math.min(MIN_POINTS, maxPoints);
  let points = maxPoints;
  while (points > leastPoints && valuesOf(sizes, points) > limit)
    points = Math.max(leastPoints, Math.floor(points * 0.9));
  const values = valuesOf(sizes, points);
  if (values <= limit) {
    const maxStacks = Math.min(MAX_STACKS, Math.floor(MAX_VALUES / Math.max(1, values)));
    return { maxPoints: points, maxStacks };
  }
  const segmentIds: bigint[] = [];
  let left = limit;
  for (const size of latestFirst(sizes)) {
    left -= valuesOf([size], points);
    if (left < 0) break;
    segmentIds.push(size.segmentId);
  }
  return { maxPoints: points, maxStacks: MIN_STACKS, segmentIds };
}

/** Values that one stack in every kind of every segment takes. */
function valuesOf(sizes: readonly SegmentSize[], maxPoints: number): number {
  let values = 0;
  for (const { instants } of sizes) {
    for (const count of instants) values += Math.min(count, maxPoints) + VALUES_PER_STACK;
  }
  return values;
}

function latestFirst(sizes: readonly SegmentSize[]): readonly SegmentSize[] {
  let newestNs = 0n;
  for (const { lastNs } of sizes) if (lastNs > newestNs) newestNs = lastNs;
  const hoursAgo = ({ lastNs }: SegmentSize): number => Number((newestNs - lastNs) / NS_PER_HOUR);
  return sizes.toSorted((a, b) => hoursAgo(a) - hoursAgo(b) || (a.segmentId < b.segmentId ? -1 : 1));
}

/** The sizes of all segments of a service. */
export async function readSegmentSizes(source: Source, query: HistoryQuery): Promise<SegmentSize[]> {
  const rows = await source.select(sql`
    SELECT segment_id, max(last_ns), groupArray(instants)
    FROM (
      SELECT segment_id, ${KIND} AS kind, max(time_ns) AS last_ns, uniqExact(time_ns) AS instants
      FROM leakscope.profiles WHERE ${profilesOf(query)}
      GROUP BY segment_id, kind
    )
    GROUP BY segment_id`);
  return readRows(rows, (row) => ({
    segmentId: row.uint64(),
    lastNs: row.int64(),
    instants: row.array(() => row.int64Number()),
  }));
}
