import type { CallTree } from '../../analysis/call-tree.ts';
import { type FlameLayout, firstVisible } from './flame-layout.ts';

export type Step = 'widestChild' | 'parent' | 'previous' | 'next' | 'root' | 'heaviest';

/** Children of a frame from left to right. */
export function childrenOf(tree: CallTree, layout: FlameLayout, node: number): number[] {
  const level = layout.depth[node]! + 1;
  const children: number[] = [];
  if (level >= layout.levels) return children;
  const end = layout.levelStart[level + 1]!;
  const right = layout.x[node]! + tree.total[node]!;
  for (let at = firstVisible(layout, tree.total, level, layout.x[node]!); at < end; at++) {
    const row = layout.order[at]!;
    if (tree.parent[row] === node) children.push(row);
    else if (layout.x[row]! >= right) break;
  }
  return children;
}

/**
 * The frame that an arrow key leads to, `node` itself where there is none. `focus` bounds the walk to what is on
 * screen: its ancestors and what it calls. Past the last sibling follows the next frame of the row.
 */
export function walk(tree: CallTree, layout: FlameLayout, node: number, step: Step, focus: number): number {
  switch (step) {
    case 'parent':
      return Math.max(0, tree.parent[node]!);
    case 'widestChild':
      return layout.depth[node]! < layout.depth[focus]!
        ? ancestorAt(tree, layout, focus, layout.depth[node]! + 1)
        : (widestChild(tree, layout, node) ?? node);
    case 'previous':
    case 'next':
      return neighbour(tree, layout, node, step === 'next' ? 1 : -1, focus);
    case 'root':
      return 0;
    case 'heaviest': {
      let at = focus;
      for (let child = widestChild(tree, layout, at); child !== undefined; ) {
        at = child;
        child = widestChild(tree, layout, at);
      }
      return at;
    }
  }
}

function widestChild(tree: CallTree, layout: FlameLayout, node: number): number | undefined {
  let widest: number | undefined;
  for (const child of childrenOf(tree, layout, node)) {
    if (widest === undefined || tree.total[child]! > tree.total[widest]!) widest = child;
  }
  return widest;
}

function ancestorAt(tree: CallTree, layout: FlameLayout, node: number, depth: number): number {
  let at = node;
  while (layout.depth[at]! > depth) at = tree.parent[at]!;
  return at;
}

function neighbour(tree: CallTree, layout: FlameLayout, node: number, by: 1 | -1, focus: number): number {
  const level = layout.depth[node]!;
  const place = layout.place[node]! + by;
  if (place < layout.levelStart[level]! || place >= layout.levelStart[level + 1]!) return node;
  const row = layout.order[place]!;
  return isWithin(tree, layout, row, focus) ? row : node;
}

/** Whether a frame begins above or below another one, that is, within its columns. */
export function isWithin(tree: CallTree, layout: FlameLayout, node: number, focus: number): boolean {
  return layout.x[node]! >= layout.x[focus]! && layout.x[node]! < layout.x[focus]! + tree.total[focus]!;
}
