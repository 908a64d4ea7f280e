import { expect, test } from 'vitest';
import { treeFromText } from '../../../test/support/tree-from-text.ts';
import type { CallTree } from '../../analysis/call-tree.ts';
import { functionOf, pathTo } from './call-tree.ts';
import { sandwichOf } from './sandwich.ts';

const tree = treeFromText(`
  main.a;main.f;lib.x 5
  main.b;main.f;lib.y 3
  main.b;main.f 2
  main.c;main.f;main.g;main.f;lib.x 7
  main.d 11
`);

test('adds up what a function calls over all its places', () => {
  expect(lines(around('main.f').callees)).toEqual([
    'main.f 17/2',
    'main.f;lib.x 5/5',
    'main.f;lib.y 3/3',
    'main.f;main.g 7/0',
    'main.f;main.g;main.f 7/0',
    'main.f;main.g;main.f;lib.x 7/7',
  ]);
});

test('inverts its callers, root left out, and starts from the outermost frame of a recursion', () => {
  expect(lines(around('main.f').callers)).toEqual([
    'main.f 17/0',
    'main.f;main.a 5/5',
    'main.f;main.b 5/5',
    'main.f;main.c 7/7',
  ]);
});

test('has callers without children for a function that is called from the root', () => {
  expect(lines(around('main.d').callers)).toEqual(['main.d 11/11']);
});

test('puts parents first and siblings by total', () => {
  for (const table of Object.values(around('main.f'))) {
    for (let row = 1; row < table.parent.length; row++) {
      expect(table.parent[row]).toBeLessThan(row);
      if (table.parent[row] === table.parent[row - 1])
        expect(table.total[row]).toBeLessThanOrEqual(table.total[row - 1]!);
    }
  }
});

test('says nothing of a name that no frame has', () => {
  expect(sandwichOf(tree, tree.strings.length)).toBeUndefined();
});

function around(name: string) {
  const sandwich = sandwichOf(tree, tree.strings.indexOf(name));
  if (sandwich === undefined) throw new Error(`no frame ${name}`);
  return sandwich;
}

function lines(table: CallTree): string[] {
  const rows = Array.from(table.parent.keys());
  const path = (row: number) => pathTo(table, row).map((node) => functionOf(table, node));
  return rows.map((row) => `${path(row).join(';')} ${table.total[row]}/${table.self[row]}`).sort();
}
