import type { CallTree } from '../../analysis/call-tree.ts';
import type { CallTreeAnswer } from '../../wire/api.ts';

/** The tree of an answer as typed arrays. */
export function callTreeOf(strings: readonly string[], columns: CallTreeAnswer['nodes']): CallTree {
  return {
    strings,
    parent: Int32Array.from(columns.parent, (parent, row) => (row === 0 ? -1 : parent)),
    name: Int32Array.from(columns.name),
    file: Int32Array.from(columns.file),
    line: Int32Array.from(columns.line),
    self: Float64Array.from(columns.self),
    total: Float64Array.from(columns.total),
  };
}

export function functionOf(tree: CallTree, node: number): string {
  return tree.strings[tree.name[node] ?? 0] ?? '';
}

export function fileOf(tree: CallTree, node: number): string {
  return tree.strings[tree.file[node] ?? 0] ?? '';
}

/** Rows from the root down to `node`, both included. */
export function pathTo(tree: CallTree, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at >= 0; at = tree.parent[at] ?? -1) path.push(at);
  return path.reverse();
}
