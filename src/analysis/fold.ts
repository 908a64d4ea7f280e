import { OTHER_FRAME } from '../model/stack.ts';
import { type CallTree, childStarts, type TreeShape, type TreeValues } from './call-tree.ts';

/** What folding left out: how many nodes, and how much they measured. */
export interface Folded {
  readonly nodes: number;
  readonly value: number;
}

/**
 * Keeps the `maxNodes` nodes with the largest total; of equals those nearer to the root, then in tree order. The
 * children that go are one child `other` of their parent, the last one; these come on top of `maxNodes`.
 */
export function foldCallTree(tree: CallTree, maxNodes: number): { tree: CallTree; folded: Folded } {
  const { shape, sides, nodes } = foldSides(tree, [tree], tree.total, maxNodes);
  const values = sides[0]!;
  let value = 0;
  for (let node = 0; node < shape.origin.length; node++) if (shape.origin[node] === -1) value += values.total[node]!;
  const { origin: _, ...columns } = shape;
  return { tree: { ...columns, ...values }, folded: { nodes, value } };
}

/**
 * Folds a tree that carries any number of sides by one weight a node; a node must not weigh more than its parent.
 * `origin` maps new nodes to old ones, -1 for `other`.
 */
export function foldSides(
  shape: TreeShape,
  sides: readonly TreeValues[],
  weight: Float64Array,
  maxNodes: number,
): { shape: TreeShape & { readonly origin: Int32Array }; sides: TreeValues[]; nodes: number } {
  const keep = largest(weight, maxNodes);
  const starts = childStarts(shape.parent);
  const origin: number[] = [0];
  const parent: number[] = [-1];
  /** For each `other`: the folded children of its parent. */
  const foldedInto = new Map<number, number[]>();
  let nodes = 0;
  for (let at = 0; at < origin.length; at++) {
    const old = origin[at]!;
    if (old === -1) continue;
    const gone: number[] = [];
    for (let child = starts[old]!; child < starts[old + 1]!; child++) {
      if (!keep[child]) gone.push(child);
      else {
        origin.push(child);
        parent.push(at);
      }
    }
    if (gone.length > 0) {
      foldedInto.set(origin.length, gone);
      origin.push(-1);
      parent.push(at);
    }
  }
  for (const kept of keep) if (!kept) nodes++;
  return {
    shape: { ...pickShape(shape, origin), parent: Int32Array.from(parent), origin: Int32Array.from(origin) },
    sides: sides.map((side) => pickValues(side, origin, foldedInto)),
    nodes,
  };
}

/** Marks the `count` largest; ties go to the lower index, so that a parent never goes before its child. */
function largest(weight: Float64Array, count: number): Uint8Array {
  const keep = new Uint8Array(weight.length).fill(1);
  if (weight.length <= count) return keep;
  const ascending = weight.slice().sort();
  const threshold = ascending[weight.length - Math.max(count, 1)]!;
  let room = Math.max(count, 1);
  for (const value of weight) if (value > threshold) room--;
  for (let node = 0; node < weight.length; node++) {
    const value = weight[node]!;
    if (value > threshold) continue;
    if (value === threshold && room > 0) room--;
    else keep[node] = 0;
  }
  return keep;
}

function pickShape(shape: TreeShape, origin: readonly number[]): Omit<TreeShape, 'parent'> {
  const otherName = shape.strings.length;
  const noFile = otherName + 1;
  const pick = (column: Int32Array, other: number): Int32Array =>
    Int32Array.from(origin, (old) => (old === -1 ? other : column[old]!));
  return {
    strings: [...shape.strings, OTHER_FRAME.function, ''],
    name: pick(shape.name, otherName),
    file: pick(shape.file, noFile),
    line: pick(shape.line, 0),
  };
}

function pickValues(
  side: TreeValues,
  origin: readonly number[],
  foldedInto: ReadonlyMap<number, readonly number[]>,
): TreeValues {
  const sumOf = (at: number): number => (foldedInto.get(at) ?? []).reduce((sum, node) => sum + side.total[node]!, 0);
  return {
    self: Float64Array.from(origin, (old, at) => (old === -1 ? sumOf(at) : side.self[old]!)),
    total: Float64Array.from(origin, (old, at) => (old === -1 ? sumOf(at) : side.total[old]!)),
  };
}
