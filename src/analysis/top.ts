import { type CallTree, childStarts } from './call-tree.ts';

/** One row a function, largest self first. `total` counts a function once per stack, however often it recurs. */
export interface FunctionTable {
  /** Indices into the tree's `strings`. */
  readonly name: Int32Array;
  /** File of the function's largest node. */
  readonly file: Int32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
}

/** Self and total of every function of an unfolded tree, exactly. */
export function functionTable(tree: CallTree): FunctionTable {
  const self = new Map<number, number>();
  const total = new Map<number, number>();
  const largest = new Map<number, number>();
  const recursive = nodesBelowThemselves(tree);
  for (let node = 1; node < tree.name.length; node++) {
    const name = tree.name[node]!;
    self.set(name, (self.get(name) ?? 0) + tree.self[node]!);
    if (!recursive[node]) total.set(name, (total.get(name) ?? 0) + tree.total[node]!);
    const known = largest.get(name);
    if (known === undefined || tree.total[node]! > tree.total[known]!) largest.set(name, node);
  }
  const names = [...self.keys()].sort(
    (a, b) =>
      self.get(b)! - self.get(a)! || total.get(b)! - total.get(a)! || (tree.strings[a]! < tree.strings[b]! ? -1 : 1),
  );
  return {
    name: Int32Array.from(names),
    file: Int32Array.from(names, (name) => tree.file[largest.get(name)!]!),
    self: Float64Array.from(names, (name) => self.get(name)!),
    total: Float64Array.from(names, (name) => total.get(name)!),
  };
}

/** Marks the nodes that have an ancestor of the same function. */
function nodesBelowThemselves(tree: CallTree): Uint8Array {
  const marked = new Uint8Array(tree.name.length);
  const starts = childStarts(tree.parent);
  /** How many nodes of a function are on the path. */
  const open = new Int32Array(tree.strings.length);
  // Depth first; a node comes up a second time, as its complement, when its subtree is done. The root is no function.
  const pending: number[] = [];
  const pushChildren = (node: number): void => {
    for (let child = starts[node]!; child < starts[node + 1]!; child++) pending.push(child);
  };
  pushChildren(0);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node < 0) {
      open[tree.name[~node]!]!--;
      continue;
    }
    const name = tree.name[node]!;
    if (open[name]! > 0) marked[node] = 1;
    open[name]!++;
    pending.push(~node);
    pushChildren(node);
  }
  return marked;
}
