import { buildCallTree, type CallTree } from '../../src/analysis/call-tree.ts';
import type { Stack } from '../../src/model/stack.ts';

/** A call tree from folded text: a stack a line, root first, frames separated by `;`, then its value. */
export function treeFromText(picture: string): CallTree {
  const stacks = new Map<bigint, Stack>();
  const values = new Map<bigint, number>();
  for (const line of picture.split('\n')) {
    const [, path, value] = /^\s*(\S.*?) (\d+)\s*$/.exec(line) ?? [];
    if (path === undefined) continue;
    const id = BigInt(stacks.size + 1);
    stacks.set(
      id,
      path
        .split(';')
        .reverse()
        .map((name) => ({ function: name, file: '', line: 0 })),
    );
    values.set(id, Number(value));
  }
  return buildCallTree(stacks, values);
}
