import type { Connection } from './connection.ts';
import { binnedProfiles, type Points } from './history-points.ts';
import type { HistoryQuery } from './profile-store.ts';
import { RowBinaryReader } from './row-binary.ts';
import { joinSql, type Sql, sql, string, uint32, uint64 } from './sql.ts';

/** Stacks kept of one kind in one segment: those with the largest value at any point. */
const MAX_STACKS = 2_000;
const MIN_STACKS = 100;
/** Values kept of one service, 8 bytes each; many segments share it by keeping fewer stacks each. */
const MAX_VALUES = 24_000_000;
/** (stack, value) pairs that one statement collects; bounds the engine's memory. */
const CELLS_PER_QUERY = 4_000_000;

/** Fills `byStack` of all points. */
export async function readHistoryValues(
  connection: Connection,
  query: HistoryQuery,
  points: readonly Points[],
): Promise<void> {
  const pointCount = points.reduce((sum, { bins }) => sum + bins.length, 0);
  const maxStacks = Math.max(MIN_STACKS, Math.min(MAX_STACKS, Math.floor(MAX_VALUES / Math.max(1, pointCount))));
  for (const isCounter of [false, true]) {
    const ofSort = points.filter(({ kind }) => (kind === 'alloc_space') === isCounter);
    for (const batch of batches(ofSort, maxStacks)) {
      readInto(batch, await connection.select(statement(query, batch, isCounter, maxStacks)));
    }
  }
}

/** Groups that one statement can read. */
function* batches(points: readonly Points[], maxStacks: number): Generator<readonly Points[]> {
  let batch: Points[] = [];
  let cells = 0;
  for (const one of points) {
    const ownCells = Math.min(one.cells, one.bins.length * maxStacks);
    if (batch.length > 0 && cells + ownCells > CELLS_PER_QUERY) {
      yield batch;
      batch = [];
      cells = 0;
    }
    batch.push(one);
    cells += ownCells;
  }
  if (batch.length > 0) yield batch;
}

/**
 * The largest stacks are chosen first, by a pass that keeps one number each; only theirs are then collected. Zeros are
 * what `Float64Array` starts with.
 */
function statement(query: HistoryQuery, batch: readonly Points[], isCounter: boolean, maxStacks: number): Sql {
  const wanted = joinSql(
    batch.map(({ segmentId, kind }) => sql`(${uint64(segmentId)}, ${string(kind)})`),
    sql`, `,
  );
  const binned = sql`(SELECT * FROM ${binnedProfiles(query)} WHERE (segment_id, kind) IN (${wanted}))`;
  const chosen = isCounter
    ? binned
    : sql`(
      SELECT segment_id, kind, bin, stacks, values FROM ${binned}
      WHERE (segment_id, kind, time_ns, series_id, profile_type) IN (
        SELECT segment_id, kind, last.1, last.2, last.3 FROM (
          SELECT segment_id, kind, max((time_ns, series_id, profile_type)) AS last
          FROM ${binned} GROUP BY segment_id, kind, bin))
      LIMIT 1 BY segment_id, kind, bin)`;
  const cells = sql`(
    SELECT segment_id, kind, bin, stack, value FROM ${chosen}
    ARRAY JOIN stacks AS stack, values AS value WHERE value != 0 AND stack != 0)`;
  return sql`
    SELECT segment_id, kind, stack, groupArray(bin), groupArray(value) FROM ${cells}
    WHERE (segment_id, kind, stack) IN (
      SELECT segment_id, kind, stack FROM ${cells}
      GROUP BY segment_id, kind, stack
      ORDER BY segment_id, kind, max(value) DESC, stack
      LIMIT ${uint32(maxStacks)} BY segment_id, kind)
    GROUP BY segment_id, kind, stack`;
}

function readInto(batch: readonly Points[], rows: Uint8Array): void {
  const bySegmentAndKind = new Map(batch.map((one) => [`${one.segmentId} ${one.kind}`, one]));
  const indexes = new Map<Points, Map<number, number>>();
  const reader = new RowBinaryReader(rows);
  while (!reader.done) {
    const segmentId = reader.uint64();
    const one = bySegmentAndKind.get(`${segmentId} ${reader.string()}`);
    const stack = reader.uint64();
    if (one === undefined) throw new Error(`history: values of segment ${segmentId}, which was not asked for`);
    const index = indexes.get(one) ?? new Map(one.bins.map((bin, i) => [bin, i]));
    indexes.set(one, index);
    const values = new Float64Array(one.bins.length);
    const at = new Int32Array(reader.length());
    for (let i = 0; i < at.length; i++) at[i] = index.get(reader.int64Number()) ?? -1;
    const size = reader.length();
    for (let i = 0; i < size; i++) {
      const value = reader.int64Number();
      const point = at[i] ?? -1;
      // -1: a profile that was committed after the points were read.
      if (point >= 0) values[point] = (values[point] ?? 0) + value;
    }
    one.byStack.set(stack, values);
  }
}
