import { type CallTree, childStarts, ROOT_NAME, type TreeShape, type TreeValues } from './call-tree.ts';
import { foldSides } from './fold.ts';

/** Two trees laid over each other: a node is there if it is in either, with 0 on the side that lacks it. */
export interface DiffTree extends TreeShape {
  readonly left: TreeValues;
  readonly right: TreeValues;
}

/** Lays two trees over each other, node by node by function name. Siblings by the larger of their two totals. */
export function diffTrees(left: CallTree, right: CallTree): DiffTree {
  const strings: string[] = [];
  const ids = new Map<string, number>();
  const intern = (text: string): number => {
    let id = ids.get(text);
    if (id === undefined) {
      id = strings.push(text) - 1;
      ids.set(text, id);
    }
    return id;
  };
  const pairs: Pair[] = [{ parent: -1, name: ROOT_NAME, left: 0, right: 0 }];
  const leftStarts = childStarts(left.parent);
  const rightStarts = childStarts(right.parent);
  for (let at = 0; at < pairs.length; at++) {
    const byName = new Map<string, Pair>();
    const { left: l, right: r } = pairs[at]!;
    for (const node of childrenOf(leftStarts, l)) {
      const name = left.strings[left.name[node]!]!;
      byName.set(name, { parent: at, name, left: node, right: -1 });
    }
    for (const node of childrenOf(rightStarts, r)) {
      const name = right.strings[right.name[node]!]!;
      byName.set(name, { parent: at, name, left: byName.get(name)?.left ?? -1, right: node });
    }
    const size = (pair: Pair): number => Math.max(valueAt(left.total, pair.left), valueAt(right.total, pair.right));
    const children = [...byName.values()].sort((a, b) => size(b) - size(a) || (a.name < b.name ? -1 : 1));
    for (const child of children) pairs.push(child);
  }
  const place = ({ left: l, right: r }: Pair): { file: string; line: number } => {
    const [tree, node] = r === -1 ? [left, l] : [right, r];
    return { file: tree.strings[tree.file[node]!]!, line: tree.line[node]! };
  };
  return {
    parent: Int32Array.from(pairs, (pair) => pair.parent),
    name: Int32Array.from(pairs, (pair) => intern(pair.name)),
    file: Int32Array.from(pairs, (pair) => intern(place(pair).file)),
    line: Int32Array.from(pairs, (pair) => place(pair).line),
    left: columns(left, pairs, 'left'),
    right: columns(right, pairs, 'right'),
    strings,
  };
}

/** Keeps the `maxNodes` nodes that are largest on either side; the rest is `other`, as in `foldCallTree`. */
export function foldDiffTree(tree: DiffTree, maxNodes: number): DiffTree {
  const weight = Float64Array.from(tree.left.total, (value, node) => Math.max(value, tree.right.total[node]!));
  const { shape, sides } = foldSides(tree, [tree.left, tree.right], weight, maxNodes);
  const { origin: _, ...columnsOfShape } = shape;
  return { ...columnsOfShape, left: sides[0]!, right: sides[1]! };
}

interface Pair {
  readonly parent: number;
  readonly name: string;
  /** Node of each tree, -1 where it has none. */
  readonly left: number;
  readonly right: number;
}

function* childrenOf(starts: Int32Array, node: number): Generator<number> {
  if (node === -1) return;
  for (let child = starts[node]!; child < starts[node + 1]!; child++) yield child;
}

function valueAt(column: Float64Array, node: number): number {
  return node === -1 ? 0 : column[node]!;
}

function columns(tree: CallTree, pairs: readonly Pair[], side: 'left' | 'right'): TreeValues {
  return {
    self: Float64Array.from(pairs, (pair) => valueAt(tree.self, pair[side])),
    total: Float64Array.from(pairs, (pair) => valueAt(tree.total, pair[side])),
  };
}
