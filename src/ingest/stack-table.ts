/**
 * The samples of one profile as a table: one row per distinct stack, one column of values per sample type, rows
 * ascending by stack id. pprof labels of samples are summed away.
 *
 * What is done to every value works on 32-bit halves (lower one first, as on every machine that Node runs on): each
 * element that is read as a bigint is an object, and a profile has thousands.
 */
import { Hash64 } from '../base/hash.ts';
import type { Profile } from '../model/profile.ts';
import { TRUNCATED_FRAME } from '../model/stack.ts';

export interface StackTable {
  /** Ascending, distinct. */
  readonly stackIds: BigUint64Array;
  /** Which stack of the profile a row shows; -1 for the row of TRUNCATED_FRAME. Aligned with `stackIds`. */
  readonly stacks: Int32Array;
  /** One array per sample type, aligned with `stackIds`; never negative. */
  readonly columns: readonly BigInt64Array[];
}

const MAX_VALUE = 2n ** 63n - 1n;

/**
 * Merges samples of equal stack. Samples without any positive value are left out, negative values count 0, sums stop
 * at the largest 64-bit integer.
 */
export function stackTableOf(profile: Profile): StackTable {
  const typeCount = profile.sampleTypes.length;
  const { sampleStacks, sampleValues } = profile;
  const stackCount = profile.stackOffsets.length - 1;
  const sums = new BigInt64Array(stackCount * typeCount);
  const halves = halvesOf(sampleValues);
  const addHalves = adderTo(sums);
  const seen = new Uint8Array(stackCount);
  for (let i = 0; i < sampleStacks.length; i++) {
    const stack = sampleStacks[i] as number;
    for (let k = 0; k < typeCount; k++) {
      const at = 2 * (i * typeCount + k);
      const low = halves[at] as number;
      const high = halves[at + 1] as number;
      if (high < 0 || (low | high) === 0) continue;
      seen[stack] = 1;
      addHalves(stack * typeCount + k, low, high);
    }
  }
  return mergeEqualStacks(sums, seen, stackIdsOf(profile, seen), typeCount);
}

function mergeEqualStacks(sums: BigInt64Array, seen: Uint8Array, ids: BigUint64Array, typeCount: number): StackTable {
  const order = seenInOrder(seen, ids);
  const stacks = new Int32Array(order.length);
  const stackIds = new BigUint64Array(order.length);
  const columns = Array.from({ length: typeCount }, () => new BigInt64Array(order.length));
  const adders = columns.map(adderTo);
  const halves = halvesOf(sums);
  let rows = 0;
  for (const stack of order) {
    const id = ids[stack] as bigint;
    if (rows === 0 || stackIds[rows - 1] !== id) {
      stackIds[rows] = id;
      stacks[rows++] = stack;
    }
    for (let k = 0; k < typeCount; k++) {
      const at = 2 * (stack * typeCount + k);
      adders[k]?.(rows - 1, halves[at] as number, halves[at + 1] as number);
    }
  }
  const cut = <T extends { slice(from: number, to: number): T }>(array: T) =>
    rows === order.length ? array : array.slice(0, rows);
  return { stackIds: cut(stackIds), stacks: cut(stacks), columns: columns.map(cut) };
}

/** Indices of the seen stacks, by ascending id. Compares 32-bit halves: a comparison of bigints costs ten times as much. */
function seenInOrder(seen: Uint8Array, ids: BigUint64Array): Uint32Array {
  const halves = new Uint32Array(ids.buffer);
  const order = new Uint32Array(seen.reduce((sum, one) => sum + one, 0));
  let count = 0;
  for (let stack = 0; stack < seen.length; stack++) if (seen[stack] === 1) order[count++] = stack;
  return order.sort(
    (a, b) =>
      (halves[2 * a + 1] as number) - (halves[2 * b + 1] as number) ||
      (halves[2 * a] as number) - (halves[2 * b] as number),
  );
}

/** Ids of the stacks that are `seen`, 0 for the others and for the empty stack. */
function stackIdsOf(profile: Profile, seen: Uint8Array): BigUint64Array {
  const { stackOffsets, stackFrames } = profile;
  const ids = new BigUint64Array(stackOffsets.length - 1);
  const halves = new Uint32Array(ids.buffer);
  const frames = frameHashes(profile);
  for (let stack = 0; stack < ids.length; stack++) {
    if (seen[stack] === 0) continue;
    const begin = stackOffsets[stack] as number;
    const end = stackOffsets[stack + 1] as number;
    if (begin === end) continue;
    const hash = new Hash64();
    for (let i = begin; i < end; i++) {
      const frame = stackFrames[i] as number;
      hash.uint32(frames[2 * frame] as number).uint32(frames[2 * frame + 1] as number);
    }
    const [high, low] = hash.lanes();
    halves[2 * stack] = high === 0 && low === 0 ? 1 : low;
    halves[2 * stack + 1] = high;
  }
  return ids;
}

/** Two lanes per frame: strings are hashed once per frame, not once per use. */
function frameHashes(profile: Profile): Uint32Array {
  const lanes = new Uint32Array(profile.frames.length * 2);
  for (let i = 0; i < profile.frames.length; i++) {
    const frame = profile.frames[i] as (typeof profile.frames)[number];
    const [high, low] = new Hash64().string(frame.function).string(frame.file).uint32(frame.line).lanes();
    lanes[2 * i] = high;
    lanes[2 * i + 1] = low;
  }
  return lanes;
}

/** Id of the row that stands for the stacks that were left out. */
const TRUNCATED_STACK_ID: bigint = truncatedStackId();

function truncatedStackId(): bigint {
  const { function: name, file, line } = TRUNCATED_FRAME;
  const [high, low] = new Hash64().string(name).string(file).uint32(line).lanes();
  return new Hash64().uint32(high).uint32(low).bigint();
}

/** What happened since `previous`, for the columns that `cumulative` names; never negative. Other columns stay. */
export function differenceSince(
  table: StackTable,
  previous: StackTable,
  cumulative: readonly { column: number; previousColumn: number }[],
): StackTable {
  const columns = table.columns.map((column) => column.slice());
  let j = 0;
  for (let i = 0; i < table.stackIds.length; i++) {
    const id = table.stackIds[i] as bigint;
    while (j < previous.stackIds.length && (previous.stackIds[j] as bigint) < id) j++;
    if (previous.stackIds[j] !== id) continue;
    for (const { column, previousColumn } of cumulative) {
      const values = columns[column] as BigInt64Array;
      const rest = (values[i] as bigint) - (previous.columns[previousColumn]?.[j] ?? 0n);
      values[i] = rest > 0n ? rest : 0n;
    }
  }
  const changed = { ...table, columns };
  return selectRows(changed, (row) => columns.some((column) => column[row] !== 0n));
}

/**
 * Keeps the `maxStacks` stacks of the largest share in any of the columns and adds the others up in one row of
 * TRUNCATED_FRAME. `folded` tells how many stacks that were.
 */
export function foldSmallStacks(table: StackTable, maxStacks: number): { table: StackTable; folded: number } {
  const count = table.stackIds.length;
  if (count <= maxStacks) return { table, folded: 0 };
  const shares = new Float64Array(count);
  for (const column of table.columns) {
    const total = Number(totalOf(column)) || 1;
    for (let i = 0; i < count; i++) shares[i] = Math.max(shares[i] as number, Number(column[i]) / total);
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => (shares[b] as number) - (shares[a] as number) || a - b);
  const isFolded = new Uint8Array(count);
  for (const row of order.subarray(maxStacks)) isFolded[row] = 1;
  const rests = table.columns.map((column) => totalOf(column.filter((_, row) => isFolded[row] === 1)));
  const kept = selectRows(table, (row) => isFolded[row] === 0);
  return { table: withTruncatedRow(kept, rests), folded: count - maxStacks };
}

function withTruncatedRow(table: StackTable, values: readonly bigint[]): StackTable {
  const found = table.stackIds.findIndex((id) => id >= TRUNCATED_STACK_ID);
  const at = found < 0 ? table.stackIds.length : found;
  // A client may itself send a stack that is named so; then its row takes the values.
  if (table.stackIds[at] === TRUNCATED_STACK_ID) {
    for (const [k, column] of table.columns.entries()) column[at] = add(column[at] as bigint, values[k] ?? 0n);
    return table;
  }
  const stackIds = new BigUint64Array(table.stackIds.length + 1);
  stackIds.set(table.stackIds.subarray(0, at));
  stackIds[at] = TRUNCATED_STACK_ID;
  stackIds.set(table.stackIds.subarray(at), at + 1);
  const stacks = new Int32Array(stackIds.length);
  stacks.set(table.stacks.subarray(0, at));
  stacks[at] = -1;
  stacks.set(table.stacks.subarray(at), at + 1);
  const columns = table.columns.map((column, k) => {
    const wider = new BigInt64Array(stackIds.length);
    wider.set(column.subarray(0, at));
    wider[at] = values[k] ?? 0n;
    wider.set(column.subarray(at), at + 1);
    return wider;
  });
  return { stackIds, stacks, columns };
}

function selectRows(table: StackTable, keep: (row: number) => boolean): StackTable {
  return {
    stackIds: table.stackIds.filter((_, row) => keep(row)),
    stacks: table.stacks.filter((_, row) => keep(row)),
    columns: table.columns.map((column) => column.filter((_, row) => keep(row))),
  };
}

/** Sum of a column, at most the largest 64-bit integer. */
export function totalOf(column: BigInt64Array): bigint {
  const halves = halvesOf(column);
  let high = 0;
  let low = 0;
  for (let i = 0; i < halves.length; i += 2) {
    low += (halves[i] as number) >>> 0;
    high += halves[i + 1] as number;
  }
  const total = BigInt(high) * 2n ** 32n + BigInt(low);
  return total > MAX_VALUE ? MAX_VALUE : total;
}

/** Halves of 64-bit values, lower one first. */
function halvesOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Adds a value, given by its halves, to an element; most are the first to be added, and only copied. */
function adderTo(sums: BigInt64Array): (index: number, low: number, high: number) => void {
  const halves = halvesOf(sums);
  return (index, low, high) => {
    const at = 2 * index;
    if (((halves[at] as number) | (halves[at + 1] as number)) === 0) {
      halves[at] = low;
      halves[at + 1] = high;
    } else sums[index] = add(sums[index] as bigint, (BigInt(high) << 32n) | BigInt(low >>> 0));
  };
}

function add(a: bigint, b: bigint): bigint {
  const sum = a + b;
  return sum > MAX_VALUE ? MAX_VALUE : sum;
}
