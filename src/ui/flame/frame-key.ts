import type { CallTree } from '../../analysis/call-tree.ts';
import { Hash64 } from '../../base/hash.ts';
import { functionOf, pathTo } from './call-tree.ts';

/**
 * A frame as the URL names it: `<function>~<16 hex>`, the readable name and the hash of the functions from the root
 * down to it. Lines are left out, so that a link survives a new build of the same code.
 */
export function frameKey(tree: CallTree, node: number): string {
  return `${functionOf(tree, node)}~${prefixHash(tree, node)}`;
}

/**
 * The frame that a key names: the one of that very path, else the heaviest of that function, else undefined (this
 * range does not hold it).
 */
export function frameOfKey(tree: CallTree, key: string): number | undefined {
  const name = functionOfKey(key);
  const hash = key.slice(name.length + 1);
  let heaviest: number | undefined;
  for (let row = 0; row < tree.parent.length; row++) {
    if (functionOf(tree, row) !== name) continue;
    if (prefixHash(tree, row) === hash) return row;
    if (heaviest === undefined || tree.total[row]! > tree.total[heaviest]!) heaviest = row;
  }
  return heaviest;
}

/** The function of a key. */
export function functionOfKey(key: string): string {
  return key.replace(/~[0-9a-f]{16}$/, '');
}

function prefixHash(tree: CallTree, node: number): string {
  const hash = new Hash64();
  for (const row of pathTo(tree, node)) hash.string(functionOf(tree, row));
  const [high, low] = hash.lanes();
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
