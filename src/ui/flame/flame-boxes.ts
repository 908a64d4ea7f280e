import type { CallTree } from '../../analysis/call-tree.ts';
import { type FlameLayout, firstVisible } from './flame-layout.ts';

/** The part of a laid-out tree that is on screen. `from` and `to` are in the profile's unit, as `FlameLayout.x`. */
export interface FlameWindow {
  readonly from: number;
  readonly to: number;
  readonly widthPx: number;
  /** Levels to draw, first and one past the last. */
  readonly fromLevel: number;
  readonly untilLevel: number;
}

/**
 * What is drawn: level by level, left to right. Box `i` shows frame `node[i]`; where narrow neighbours were merged that
 * is the largest of them. Boxes of level `d` are `levelStart[d - fromLevel] .. levelStart[d - fromLevel + 1] - 1`.
 */
export interface FlameBoxes {
  readonly fromLevel: number;
  readonly levelStart: readonly number[];
  readonly node: readonly number[];
  readonly leftPx: readonly number[];
  readonly widthPx: readonly number[];
  /** Frames inside the window that have no box of their own: merged, or narrower than `MIN_BOX_PX`. */
  readonly undrawn: number;
}

const MIN_BOX_PX = 0.5;

/**
 * Chooses boxes for a window. Neighbours narrower than `mergePx` (1; more while a gesture runs) become one slice; a slice that stays below
 * `MIN_BOX_PX` is left out. `prefer`, by name, lets a find hit stand for its slice.
 */
export function flameBoxes(
  tree: CallTree,
  layout: FlameLayout,
  window: FlameWindow,
  mergePx: number,
  prefer?: Uint8Array,
): FlameBoxes {
  const { order, x, levelStart: levels } = layout;
  const { total, name } = tree;
  const { from, to, widthPx: screenPx } = window;
  const scale = to > from ? screenPx / (to - from) : 0;
  const levelStart: number[] = [0];
  const node: number[] = [];
  const leftPx: number[] = [];
  const widthPx: number[] = [];
  let undrawn = 0;
  const outranks = (a: number, b: number) => {
    const preferred = prefer === undefined ? 0 : prefer[name[a]!]! - prefer[name[b]!]!;
    return preferred > 0 || (preferred === 0 && total[a]! > total[b]!);
  };
  for (let level = window.fromLevel; level < window.untilLevel; level++) {
    const end = levels[level + 1]!;
    let at = firstVisible(layout, total, level, from);
    while (at < end) {
      let best = order[at]!;
      const left = (x[best]! - from) * scale;
      if (left >= screenPx) break;
      let right = left + total[best]! * scale;
      const first = at++;
      while (right - left < mergePx && at < end) {
        const next = order[at]!;
        const nextLeft = (x[next]! - from) * scale;
        const nextWidth = total[next]! * scale;
        if (nextWidth >= mergePx || nextLeft - right > MIN_BOX_PX) break;
        right = nextLeft + nextWidth;
        if (outranks(next, best)) best = next;
        at++;
      }
      const drawn = right - left >= MIN_BOX_PX;
      undrawn += at - first - (drawn ? 1 : 0);
      if (!drawn) continue;
      const clipped = Math.max(0, left);
      node.push(best);
      leftPx.push(clipped);
      widthPx.push(Math.min(screenPx, right) - clipped);
    }
    levelStart.push(node.length);
  }
  return { fromLevel: window.fromLevel, levelStart, node, leftPx, widthPx, undrawn };
}

/** The frame drawn at `xPx` of a level, if any. */
export function frameAt(boxes: FlameBoxes, level: number, xPx: number): number | undefined {
  const index = level - boxes.fromLevel;
  if (index < 0 || index >= boxes.levelStart.length - 1) return undefined;
  let low = boxes.levelStart[index]!;
  const end = boxes.levelStart[index + 1]!;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (boxes.leftPx[middle]! + boxes.widthPx[middle]! <= xPx) low = middle + 1;
    else high = middle;
  }
  return low < end && boxes.leftPx[low]! <= xPx ? boxes.node[low] : undefined;
}

/** Levels that hold anything between `from` and `to`, counted from the root. */
export function levelsWithin(tree: CallTree, layout: FlameLayout, from: number, to: number): number {
  for (let level = layout.levels - 1; level > 0; level--) {
    const row = layout.order[firstVisible(layout, tree.total, level, from)];
    if (row !== undefined && layout.depth[row] === level && layout.x[row]! < to) return level + 1;
  }
  return Math.min(1, layout.levels);
}
