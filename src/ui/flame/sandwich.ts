import type { CallTree } from '../../analysis/call-tree.ts';

/** Who calls a function and what it calls, over all places where it stands; each tree's root is the function. */
export interface Sandwich {
  /** Inverted: children of a frame are its callers. Drawn root at the bottom. */
  readonly callers: CallTree;
  readonly callees: CallTree;
}

/**
 * Merges the call tree around one function (an index into `strings`). Only the outermost frame of a recursion starts a
 * caller path; what lies below it, the function itself included, is in the callees, so that both totals are the value
 * below the function, counted once. Undefined where no frame has that name.
 */
export function sandwichOf(table: CallTree, name: number): Sandwich | undefined {
  let callees: Tree | undefined;
  let callers: Tree | undefined;
  /** Row of the table -> node of the callees, -1 outside of them. */
  const inside = new Int32Array(table.parent.length).fill(-1);
  for (let row = 0; row < table.parent.length; row++) {
    const above = row === 0 ? -1 : inside[table.parent[row]!]!;
    if (above < 0 && table.name[row] !== name) continue;
    callees ??= newTree(table, row);
    const node = above < 0 ? 0 : childOf(callees, above, table, row);
    inside[row] = node;
    addValue(callees, node, table.self[row]!, table.total[row]!);
    if (above < 0) {
      callers ??= newTree(table, row);
      addCallers(callers, table, row);
    }
  }
  if (callers === undefined || callees === undefined) return undefined;
  return { callers: toTable(callers), callees: toTable(callees) };
}

/** The root of the call tree is left out: it is not a caller. */
function addCallers(callers: Tree, table: CallTree, outermost: number): void {
  const value = table.total[outermost]!;
  let node = 0;
  for (let row = outermost; ; ) {
    const caller = table.parent[row]!;
    addValue(callers, node, caller <= 0 ? value : 0, value);
    if (caller <= 0) return;
    node = childOf(callers, node, table, caller);
    row = caller;
  }
}

/** A tree being merged; `row` is the first row of the table that a node stands for. */
interface Tree {
  readonly parent: number[];
  readonly row: number[];
  readonly self: number[];
  readonly total: number[];
  /** Name -> child. */
  readonly children: Map<number, number>[];
  readonly from: CallTree;
}

function newTree(table: CallTree, row: number): Tree {
  return { parent: [-1], row: [row], self: [0], total: [0], children: [new Map()], from: table };
}

function childOf(tree: Tree, node: number, table: CallTree, row: number): number {
  const name = table.name[row]!;
  const known = tree.children[node]!.get(name);
  if (known !== undefined) return known;
  const child = tree.parent.length;
  tree.parent.push(node);
  tree.row.push(row);
  tree.self.push(0);
  tree.total.push(0);
  tree.children.push(new Map());
  tree.children[node]!.set(name, child);
  return child;
}

function addValue(tree: Tree, node: number, self: number, total: number): void {
  tree.self[node]! += self;
  tree.total[node]! += total;
}

/** Rows in the order that frame tables promise: level by level, siblings by total. */
function toTable(tree: Tree): CallTree {
  const { from } = tree;
  const order = [0];
  const rowOf = new Int32Array(tree.parent.length);
  for (let at = 0; at < order.length; at++) {
    rowOf[order[at]!] = at;
    const children = [...tree.children[order[at]!]!.values()];
    children.sort((a, b) => tree.total[b]! - tree.total[a]! || a - b);
    for (const child of children) order.push(child);
  }
  return {
    strings: from.strings,
    parent: Int32Array.from(order, (node) => (node === 0 ? -1 : rowOf[tree.parent[node]!]!)),
    name: Int32Array.from(order, (node) => from.name[tree.row[node]!]!),
    file: Int32Array.from(order, (node) => from.file[tree.row[node]!]!),
    line: Int32Array.from(order, (node) => from.line[tree.row[node]!]!),
    self: Float64Array.from(order, (node) => tree.self[node]!),
    total: Float64Array.from(order, (node) => tree.total[node]!),
  };
}
