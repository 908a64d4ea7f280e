import { setImmediate as nextTurn } from 'node:timers/promises';
import type { StackId } from '../model/stack.ts';
import type { Source } from './connection.ts';
import { binnedProfiles, KIND, type Points, profilesOf } from './history-points.ts';
import type { HistoryQuery } from './profile-store.ts';
import { RowBinaryReader } from './row-binary.ts';
import { int64s, type Sql, sql, uint32, uint64s } from './sql.ts';

/** About how many (stack, value) pairs one statement answers, 16 bytes each. */
const CELLS_PER_QUERY = 4_000_000;

/** What naming a point costs, in cells: a statement names the time of each. */
const CELLS_PER_POINT = 100;

/** Rows are read for so long before others have a turn. */
const MAX_TURN_MS = 10;

/** Fills `byStack` of all points, with the `maxStacks` largest stacks of each kind in each segment. */
export async function readHistoryValues(
  source: Source,
  query: HistoryQuery,
  points: readonly Points[],
  maxStacks: number,
): Promise<void> {
  const isCounter = ({ kind }: Points): boolean => kind === 'alloc_space';
  for (const batch of batches(points.filter((one) => !isCounter(one)))) {
    await readBatch(source, batch, largest(gauges(query, batch, WHOLE), sql`max(value)`, maxStacks), (slice) =>
      gauges(query, batch, slice),
    );
  }
  for (const batch of batches(points.filter(isCounter))) {
    await readBatch(source, batch, largest(counters(query, batch, WHOLE), sql`sum(value)`, maxStacks), (slice) =>
      counters(query, batch, slice),
    );
  }
}

/** One of `of` parts of the profiles, by a hash of their times. */
interface Slice {
  readonly number: number;
  readonly of: number;
}
const WHOLE: Slice = { number: 0, of: 1 };

/** The largest stacks first, by a pass that keeps one number each; then what each profile says of them. */
async function readBatch(
  source: Source,
  batch: readonly Points[],
  stacks: Sql,
  rows: (slice: Slice) => Sql,
): Promise<void> {
  const byKey = new Map(batch.map((one) => [keyOf(one.segmentId, one.kind), one]));
  allocate(byKey, await source.select(stacks));
  const cells = batch.reduce((sum, one) => sum + cellsOf(one), 0);
  const of = Math.max(1, Math.round(cells / CELLS_PER_QUERY));
  for (let number = 0; number < of; number++) await fill(byKey, await source.select(rows({ number, of })));
}

function cellsOf({ cells, bins }: Points): number {
  return cells + bins.length * CELLS_PER_POINT;
}

/** Segments that one statement can answer, or a single one that needs several. `points` are in order of segments. */
function* batches(points: readonly Points[]): Generator<readonly Points[]> {
  let batch: Points[] = [];
  let cells = 0;
  for (const [i, one] of points.entries()) {
    batch.push(one);
    cells += cellsOf(one);
    const endsSegment = points[i + 1]?.segmentId !== one.segmentId;
    if (endsSegment && cells >= CELLS_PER_QUERY) {
      yield batch;
      batch = [];
      cells = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

function segmentIdsOf(batch: readonly Points[]): readonly bigint[] {
  return [...new Set(batch.map(({ segmentId }) => segmentId))];
}

/**
 * Rows (segment, kind, time, series, stacks, values): the profiles that the points show. A few more may come with them,
 * of other series or segments at the same instants.
 */
function gauges(query: HistoryQuery, batch: readonly Points[], slice: Slice): Sql {
  const timesNs = new Set(batch.flatMap((one) => one.timesNs));
  return sql`
    SELECT segment_id, ${KIND} AS kind, time_ns AS at, series_id, stacks, CAST(values, 'Array(Float64)') AS values
    FROM leakscope.profiles
    WHERE ${profilesOf(query)} AND segment_id IN ${uint64s(segmentIdsOf(batch))}
      AND kind != 'alloc_space' AND time_ns IN ${int64s(timesNs)} AND ${isIn(slice)}
    LIMIT 1 BY segment_id, kind, at, series_id`;
}

/** Rows of the same form: all profiles of the points. What they say of one point is added up here, not in the engine. */
function counters(query: HistoryQuery, batch: readonly Points[], slice: Slice): Sql {
  return sql`
    SELECT segment_id, kind, bin AS at, toUInt64(0) AS series_id, stacks, CAST(values, 'Array(Float64)') AS values
    FROM ${binnedProfiles(query, segmentIdsOf(batch))}
    WHERE kind = 'alloc_space' AND ${isIn(slice)}`;
}

function isIn({ number, of }: Slice): Sql {
  return of === 1 ? sql`1` : sql`intHash32(time_ns) % ${uint32(of)} = ${uint32(number)}`;
}

function largest(rows: Sql, size: Sql, maxStacks: number): Sql {
  return sql`
    SELECT segment_id, kind, stack
    FROM (${rows}) ARRAY JOIN stacks AS stack, values AS value
    WHERE value != 0 AND stack != 0
    GROUP BY segment_id, kind, stack
    ORDER BY segment_id, kind, ${size} DESC, stack
    LIMIT ${uint32(maxStacks)} BY segment_id, kind`;
}

type ByKey = ReadonlyMap<string, Points>;

function keyOf(segmentId: bigint, kind: string): string {
  return `${segmentId} ${kind}`;
}

function readPointsKey(reader: RowBinaryReader): string {
  const segmentId = reader.uint64();
  return keyOf(segmentId, reader.string());
}

/** The columns of one history are views of one buffer, so that it moves between threads as one. */
function allocate(byKey: ByKey, rows: Uint8Array): void {
  const stacks = new Map<string, StackId[]>();
  const reader = new RowBinaryReader(rows);
  while (!reader.done) {
    const key = readPointsKey(reader);
    const ids = stacks.get(key) ?? [];
    stacks.set(key, ids);
    ids.push(reader.uint64());
  }
  for (const [key, { bins, byStack }] of byKey) {
    const ids = stacks.get(key) ?? [];
    const block = new Float64Array(ids.length * bins.length);
    for (const [i, id] of ids.entries()) byStack.set(id, block.subarray(i * bins.length, (i + 1) * bins.length));
  }
}

async function fill(byKey: ByKey, rows: Uint8Array): Promise<void> {
  const indexes = new Map([...byKey].map(([key, points]) => [key, indexOf(points)]));
  const columns = new Map<string, Columns>();
  const reader = new RowBinaryReader(rows);
  let turnMs = performance.now();
  while (!reader.done) {
    if (performance.now() - turnMs > MAX_TURN_MS) {
      await nextTurn();
      turnMs = performance.now();
    }
    const key = readPointsKey(reader);
    // Absent: a profile that no point shows.
    const point = indexes.get(key)?.get(`${reader.int64()} ${reader.uint64()}`);
    const count = reader.length();
    const ids = reader.bytes(count * 8);
    reader.length();
    const values = reader.bytes(count * 8);
    if (point === undefined) continue;
    const of = columnsOf(columns.get(key), ids, byKey.get(key)?.byStack);
    columns.set(key, of);
    addToPoint(of, values, point);
  }
}

/** From what stands in a row to the number of its point. */
function indexOf({ kind, bins, timesNs, seriesIds }: Points): ReadonlyMap<string, number> {
  if (kind === 'alloc_space') return new Map(bins.map((bin, i) => [`${bin} 0`, i]));
  return new Map(timesNs.map((timeNs, i) => [`${timeNs} ${seriesIds[i]}`, i]));
}

function addToPoint({ byPosition }: Columns, values: Buffer, point: number): void {
  const lanes = new DataView(values.buffer, values.byteOffset, values.byteLength);
  byPosition.forEach((column, i) => {
    if (column === undefined) return;
    column[point] = (column[point] ?? 0) + lanes.getFloat64(i * 8, true);
  });
}

/** Where the values of a row go. */
interface Columns {
  readonly ids: Buffer;
  readonly byPosition: readonly (Float64Array | undefined)[];
}

/** Consecutive profiles of a process mostly have the same stacks: then they are not looked up one by one again. */
function columnsOf(
  previous: Columns | undefined,
  ids: Buffer,
  byStack: ReadonlyMap<StackId, Float64Array> | undefined,
): Columns {
  if (previous?.ids.equals(ids)) return previous;
  const byPosition: (Float64Array | undefined)[] = [];
  for (let at = 0; at < ids.length; at += 8) byPosition.push(byStack?.get(ids.readBigUInt64LE(at)));
  return { ids, byPosition };
}
