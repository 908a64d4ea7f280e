import { OTHER_FRAME } from '../model/stack.ts';
import { type CallTree, childStarts, type TreeShape, type TreeValues } from './call-tree.ts';
import type { DiffTree } from './diff.ts';

/**
 * A flame graph in Pyroscope's flamebearer form. `levels[0]` is the root. A node is 4 integers
 * `[offset, total, self, name]`, in a diff 7: offset, total and self of the left side, of the right side, name. The
 * offset counts from the end of the previous node of the level; children begin after the self value of their parent,
 * by name, `other` last.
 */
export interface Flame {
  /** names[0] is `total`. */
  readonly names: readonly string[];
  readonly levels: readonly (readonly number[])[];
  readonly total: number;
  readonly maxSelf: number;
}

export interface FlameDiff extends Flame {
  readonly leftTotal: number;
  readonly rightTotal: number;
}

/** Lays out a tree. Values are rounded to integers so that children still fit their parents exactly. */
export function flameOf(tree: CallTree): Flame {
  const { names, levels, totals, maxSelf } = layOut(tree, [tree]);
  return { names, levels, total: totals[0]!, maxSelf };
}

/** Lays out two trees over each other, each with offsets of its own. */
export function flameOfDiff(tree: DiffTree): FlameDiff {
  const { names, levels, totals, maxSelf } = layOut(tree, [tree.left, tree.right]);
  const [leftTotal, rightTotal] = [totals[0]!, totals[1]!];
  return { names, levels, total: leftTotal + rightTotal, maxSelf, leftTotal, rightTotal };
}

function layOut(
  shape: TreeShape,
  sides: readonly TreeValues[],
): { names: string[]; levels: number[][]; totals: number[]; maxSelf: number } {
  const starts = childStarts(shape.parent);
  const byName = nameOrder(shape);
  const spans = sides.map((side) => spansOf(side, starts, byName));
  const names: string[] = [];
  const nameIds = new Map<string, number>();
  const levels: number[][] = [];
  let maxSelf = 0;
  let row = [0];
  while (row.length > 0) {
    const level: number[] = [];
    const next: number[] = [];
    const ends = sides.map(() => 0);
    for (const node of row) {
      spans.forEach(({ start, self, end }, side) => {
        const selfWidth = self[node]! - start[node]!;
        level.push(start[node]! - ends[side]!, end[node]! - start[node]!, selfWidth);
        ends[side] = end[node]!;
        maxSelf = Math.max(maxSelf, selfWidth);
      });
      const name = shape.strings[shape.name[node]!]!;
      let id = nameIds.get(name);
      if (id === undefined) {
        id = names.push(name) - 1;
        nameIds.set(name, id);
      }
      level.push(id);
      for (let at = starts[node]!; at < starts[node + 1]!; at++) {
        const child = byName[at]!;
        if (spans.some(({ start, end }) => end[child]! > start[child]!)) next.push(child);
      }
    }
    levels.push(level);
    row = next;
  }
  return { names, levels, totals: spans.map(({ end }) => end[0]!), maxSelf };
}

/** Edges of every node as integers: it covers [start, end), its own value [start, self). */
interface Spans {
  readonly start: Float64Array;
  readonly self: Float64Array;
  readonly end: Float64Array;
}

/**
 * Rounds edges, not widths: means are fractions, and the sum of rounded widths would not be the rounded sum. A node
 * is at most 1 off, integers stay as they are. The last child ends where its parent does, so that an error of the
 * floating-point sums cannot open a gap.
 */
function spansOf(values: TreeValues, starts: Int32Array, byName: Int32Array): Spans {
  const count = values.total.length;
  const exact = new Float64Array(count);
  const spans = { start: new Float64Array(count), self: new Float64Array(count), end: new Float64Array(count) };
  spans.end[0] = Math.round(values.total[0]!);
  for (let node = 0; node < count; node++) {
    const [from, to] = [starts[node]!, starts[node + 1]!];
    const end = spans.end[node]!;
    let x = exact[node]! + values.self[node]!;
    let edge = from === to ? end : Math.min(Math.round(x), end);
    spans.self[node] = edge;
    for (let at = from; at < to; at++) {
      const child = byName[at]!;
      exact[child] = x;
      spans.start[child] = edge;
      x += values.total[child]!;
      edge = at === to - 1 ? end : Math.min(Math.round(x), end);
      spans.end[child] = edge;
    }
  }
  return spans;
}

/** Nodes with siblings sorted by name, `other` last; siblings stay in the places that the tree has for them. */
function nameOrder(shape: TreeShape): Int32Array {
  const order = Int32Array.from(shape.name, (_, node) => node);
  const starts = childStarts(shape.parent);
  const nameOf = (node: number): string => shape.strings[shape.name[node]!]!;
  const rank = (node: number): number => (nameOf(node) === OTHER_FRAME.function ? 1 : 0);
  for (let node = 0; node < order.length; node++) {
    const [from, to] = [starts[node]!, starts[node + 1]!];
    if (to - from < 2) continue;
    order.subarray(from, to).sort((a, b) => rank(a) - rank(b) || compare(nameOf(a), nameOf(b)) || a - b);
  }
  return order;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
