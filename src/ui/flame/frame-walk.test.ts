import { expect, test } from 'vitest';
import { treeFromText } from '../../../test/support/tree-from-text.ts';
import { functionOf } from './call-tree.ts';
import { layoutFrames } from './flame-layout.ts';
import { frameKey, frameOfKey } from './frame-key.ts';
import { type Step, walk } from './frame-walk.ts';

const tree = treeFromText(`
  main.a;main.x;main.deep 40
  main.a;main.y 10
  main.b;main.z 30
  main.b;main.x 5
  main.c 15
`);
const layout = layoutFrames(tree);

test('walks to the widest child, the parent, neighbours and cousins', () => {
  expect(steps('total', ['widestChild', 'widestChild', 'next', 'next', 'parent', 'next'])).toEqual([
    'main.a',
    'main.x',
    'main.y',
    'main.z',
    'main.b',
    'main.c',
  ]);
});

test('stays where a way ends', () => {
  expect(steps('total', ['parent', 'previous', 'next'])).toEqual(['total', 'total', 'total']);
  expect(steps('main.deep', ['widestChild'])).toEqual(['main.deep']);
});

test('goes to the root and to the end of the heaviest path', () => {
  expect(steps('main.c', ['heaviest', 'root'])).toEqual(['main.deep', 'total']);
});

test('does not leave the focused frame sideways, and comes back down to it from its ancestors', () => {
  expect(steps('main.z', ['previous'], 'main.b')).toEqual(['main.z']);
  expect(steps('total', ['widestChild'], 'main.b')).toEqual(['main.b']);
});

test('a key names a frame by its path', () => {
  const inB = [...tree.parent.keys()].find((row) => functionOf(tree, row) === 'main.x' && tree.total[row] === 5)!;
  const key = frameKey(tree, inB);
  expect(key).toMatch(/^main\.x~[0-9a-f]{16}$/);
  expect(frameOfKey(tree, key)).toBe(inB);
});

test('a key of another path names the heaviest frame of that function, one of an absent function none', () => {
  expect(functionOf(tree, frameOfKey(tree, 'main.x~0000000000000000')!)).toBe('main.x');
  expect(tree.total[frameOfKey(tree, 'main.x')!]).toBe(40);
  expect(frameOfKey(tree, 'main.gone~0000000000000000')).toBeUndefined();
});

function rowOf(name: string): number {
  return [...tree.parent.keys()].find((row) => functionOf(tree, row) === name)!;
}

function steps(start: string, path: readonly Step[], focus = 'total'): string[] {
  let at = rowOf(start);
  return path.map((step) => {
    at = walk(tree, layout, at, step, rowOf(focus));
    return functionOf(tree, at);
  });
}
