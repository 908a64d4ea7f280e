import type { CallTree } from '../../analysis/call-tree.ts';
import { OTHER_FRAME, TRUNCATED_FRAME } from '../../model/stack.ts';

/**
 * Where each frame stands, independent of zoom and pixels: `x` and the tree's `total` are in the profile's unit, the
 * root begins at 0. `order` holds the rows level by level and by `x` within a level; level `d` is
 * `order[levelStart[d]] .. order[levelStart[d + 1] - 1]`, so that the visible part of a level is two binary searches.
 */
export interface FlameLayout {
  readonly depth: Uint16Array;
  readonly x: Float64Array;
  readonly order: Uint32Array;
  /** Place of a row in `order`. */
  readonly place: Uint32Array;
  readonly levelStart: Uint32Array;
  readonly levels: number;
}

/** Frames that stand for others; they close their parent's row whatever their value is. */
export const STAND_INS: ReadonlySet<string> = new Set([OTHER_FRAME.function, '(other)', TRUNCATED_FRAME.function]);

/** Lays a tree out in one pass over its rows and one counting sort by depth. */
export function layoutFrames(tree: CallTree): FlameLayout {
  const count = tree.parent.length;
  const depth = new Uint16Array(count);
  const x = new Float64Array(count);
  const nextLeft = new Float64Array(count);
  const nextRight = new Float64Array(count);
  const last = tree.strings.map((name) => STAND_INS.has(name));
  let levels = count === 0 ? 0 : 1;
  if (count > 0) nextRight[0] = tree.total[0]! - tree.self[0]!;
  for (let row = 1; row < count; row++) {
    const parent = tree.parent[row]!;
    const width = tree.total[row]!;
    const own = depth[parent]! + 1;
    depth[row] = own;
    if (own >= levels) levels = own + 1;
    if (last[tree.name[row]!]) {
      nextRight[parent]! -= width;
      x[row] = nextRight[parent]!;
    } else {
      x[row] = nextLeft[parent]!;
      nextLeft[parent]! += width;
    }
    nextLeft[row] = x[row]!;
    nextRight[row] = x[row]! + width - tree.self[row]!;
  }
  return { depth, x, ...orderByLevel(depth, x, levels), levels };
}

function orderByLevel(depth: Uint16Array, x: Float64Array, levels: number) {
  const levelStart = new Uint32Array(levels + 1);
  for (const level of depth) levelStart[level + 1]! += 1;
  for (let level = 0; level < levels; level++) levelStart[level + 1]! += levelStart[level]!;
  const fill = levelStart.slice();
  const order = new Uint32Array(depth.length);
  for (let row = 0; row < depth.length; row++) order[fill[depth[row]!]!++] = row;
  for (let level = 0; level < levels; level++) sortByX(order.subarray(levelStart[level], levelStart[level + 1]), x);
  const place = new Uint32Array(depth.length);
  for (let at = 0; at < order.length; at++) place[order[at]!] = at;
  return { levelStart, order, place };
}

/** Tables usually arrive depth first, which is sorted already. */
function sortByX(level: Uint32Array, x: Float64Array): void {
  for (let at = 1; at < level.length; at++) {
    if (x[level[at]!]! < x[level[at - 1]!]!) {
      level.sort((a, b) => x[a]! - x[b]! || a - b);
      return;
    }
  }
}

/** First place in level `level` whose frame ends right of `from`; the level's end if none does. */
export function firstVisible(layout: FlameLayout, total: Float64Array, level: number, from: number): number {
  let low = layout.levelStart[level]!;
  let high = layout.levelStart[level + 1]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = layout.order[middle]!;
    if (layout.x[row]! + total[row]! <= from) low = middle + 1;
    else high = middle;
  }
  return low;
}
