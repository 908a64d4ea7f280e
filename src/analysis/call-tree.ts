import type { Frame, Stacks, StackValues } from '../model/stack.ts';

/** Name of node 0. */
export const ROOT_NAME = 'total';

/** Stands for a stack whose frames are not in the store any more. */
const UNKNOWN_STACK: readonly Frame[] = [{ function: '(unknown)', file: '', line: 0 }];

/**
 * Shape of a tree in columns, one entry a node. Node 0 is the root, its parent -1. Nodes are in breadth-first order:
 * parents before children, the children of a node side by side, and those of a lower node first.
 */
export interface TreeShape {
  readonly strings: readonly string[];
  readonly parent: Int32Array;
  /** Indices into `strings`. */
  readonly name: Int32Array;
  readonly file: Int32Array;
  readonly line: Int32Array;
}

/** What was measured at each node: `total` is `self` plus the totals of the children. */
export interface TreeValues {
  readonly self: Float64Array;
  readonly total: Float64Array;
}

/** Merged stacks of one profile. Siblings by total, largest first, then by name. */
export interface CallTree extends TreeShape, TreeValues {}

/**
 * Merges stacks from the root down. Frames of one parent are one node if their function names are equal, as in every
 * Pyroscope flame graph; file and line of a node are those with the most value. Values that are not positive are left
 * out: a flame graph cannot show them.
 */
export function buildCallTree(stacks: Stacks, values: StackValues): CallTree {
  const trie = new Trie();
  for (const [id, value] of values) {
    if (value > 0) trie.add(stacks.get(id) ?? UNKNOWN_STACK, value);
  }
  return trie.finish();
}

/** First child of each node; those of node n are `[starts[n], starts[n + 1])`. */
export function childStarts(parent: Int32Array): Int32Array {
  const starts = new Int32Array(parent.length + 1);
  let child = 1;
  for (let node = 0; node < parent.length; node++) {
    starts[node] = child;
    while (child < parent.length && parent[child] === node) child++;
  }
  starts[parent.length] = parent.length;
  return starts;
}

class Trie {
  readonly #strings: string[] = [];
  readonly #stringIds = new Map<string, number>();
  readonly #parent: number[] = [-1];
  readonly #name: number[] = [this.#intern(ROOT_NAME)];
  readonly #file: number[] = [this.#intern('')];
  readonly #line: number[] = [0];
  readonly #self: number[] = [0];
  /** The first child of a node is kept here, further ones in a map: most nodes have one. */
  readonly #firstChild: number[] = [-1];
  readonly #otherChildren: (Map<number, number> | undefined)[] = [undefined];
  /** Value of a node at places other than the one noted in `file` and `line`. */
  readonly #rivals = new Map<number, Map<string, { file: number; line: number; value: number }>>();

  add(stack: readonly Frame[], value: number): void {
    let node = 0;
    for (let i = stack.length - 1; i >= 0; i--) {
      const frame = stack[i]!;
      const file = this.#intern(frame.file);
      node = this.#child(node, this.#intern(frame.function), file, frame.line);
      if (this.#file[node] !== file || this.#line[node] !== frame.line) this.#addRival(node, file, frame.line, value);
    }
    this.#self[node] = this.#self[node]! + value;
  }

  finish(): CallTree {
    const count = this.#parent.length;
    const total = Float64Array.from(this.#self);
    for (let node = count - 1; node > 0; node--) total[this.#parent[node]!]! += total[node]!;
    this.#settlePlaces(total);
    const order = this.#breadthFirst(total);
    const position = new Int32Array(count);
    order.forEach((node, at) => {
      position[node] = at;
    });
    const column = (values: readonly number[]): Int32Array => Int32Array.from(order, (node) => values[node]!);
    return {
      strings: this.#strings,
      parent: Int32Array.from(order, (node) => (node === 0 ? -1 : position[this.#parent[node]!]!)),
      name: column(this.#name),
      file: column(this.#file),
      line: column(this.#line),
      self: Float64Array.from(order, (node) => this.#self[node]!),
      total: Float64Array.from(order, (node) => total[node]!),
    };
  }

  #intern(text: string): number {
    let id = this.#stringIds.get(text);
    if (id === undefined) {
      id = this.#strings.push(text) - 1;
      this.#stringIds.set(text, id);
    }
    return id;
  }

  #child(parent: number, name: number, file: number, line: number): number {
    const first = this.#firstChild[parent]!;
    if (first !== -1 && this.#name[first] === name) return first;
    const known = this.#otherChildren[parent]?.get(name);
    if (known !== undefined) return known;
    const node = this.#parent.push(parent) - 1;
    this.#name.push(name);
    this.#file.push(file);
    this.#line.push(line);
    this.#self.push(0);
    this.#firstChild.push(-1);
    this.#otherChildren.push(undefined);
    if (first === -1) this.#firstChild[parent] = node;
    else {
      this.#otherChildren[parent] ??= new Map();
      this.#otherChildren[parent].set(name, node);
    }
    return node;
  }

  #addRival(node: number, file: number, line: number, value: number): void {
    let rivals = this.#rivals.get(node);
    if (!rivals) {
      rivals = new Map();
      this.#rivals.set(node, rivals);
    }
    const key = `${file}:${line}`;
    const rival = rivals.get(key);
    if (rival) rival.value += value;
    else rivals.set(key, { file, line, value });
  }

  /** Gives each node the place with the most value; of equals the one that was seen first. */
  #settlePlaces(total: Float64Array): void {
    for (const [node, rivals] of this.#rivals) {
      let noted = total[node]!;
      for (const rival of rivals.values()) noted -= rival.value;
      for (const rival of rivals.values()) {
        if (rival.value <= noted) continue;
        noted = rival.value;
        this.#file[node] = rival.file;
        this.#line[node] = rival.line;
      }
    }
  }

  #breadthFirst(total: Float64Array): number[] {
    const nameOf = (node: number): string => this.#strings[this.#name[node]!]!;
    const order = [0];
    for (const node of order) {
      const first = this.#firstChild[node]!;
      if (first === -1) continue;
      const others = this.#otherChildren[node];
      if (!others) {
        order.push(first);
        continue;
      }
      const children = [first, ...others.values()];
      children.sort((a, b) => total[b]! - total[a]! || (nameOf(a) < nameOf(b) ? -1 : 1));
      for (const child of children) order.push(child);
    }
    return order;
  }
}
