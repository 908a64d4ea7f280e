import { describe, expect, test } from 'vitest';
import { treeFromText } from '../../../test/support/tree-from-text.ts';
import { functionOf } from './call-tree.ts';
import { findFrames, litFrames, parseFind } from './frame-find.ts';

describe('parseFind', () => {
  test('ignores case unless a term has a capital', () => {
    expect(matches('read', 'io.ReadAll')).toBe(true);
    expect(matches('Read', 'io.ReadAll')).toBe(true);
    expect(matches('READ', 'io.ReadAll')).toBe(false);
  });
  test('takes a comma as or', () => {
    expect(matches('json, io.', 'io.ReadAll')).toBe(true);
    expect(matches('json, proto', 'io.ReadAll')).toBe(false);
  });
  test('takes slashes as a regular expression, commas inside included', () => {
    expect(matches('/^io\\./', 'io.ReadAll')).toBe(true);
    expect(matches('/a{1,2}ll$/i', 'io.ReadAll')).toBe(false);
    expect(matches('/l{1,2}$/, nothing', 'io.ReadAll')).toBe(true);
  });
  test('a class such as \\S does not make an expression sensitive to case', () => {
    expect(matches('/\\Sreadall/', 'io.ReadAll')).toBe(true);
  });
  test('says which term is no regular expression', () => {
    expect(parseFind('/(/')).toEqual({ mistake: '/(/ is not a regular expression' });
  });
  test('asks for nothing when empty', () => {
    expect(parseFind(' , ')).toBeUndefined();
  });
});

describe('findFrames', () => {
  const tree = treeFromText(`
    main.a;main.walk;main.walk;main.leaf 4
    main.a;main.walk 2
    main.b;main.leaf 3
    main.c 1
  `);

  test('counts the value below a recursion once', () => {
    expect(find('walk')).toMatchObject({ functions: 1, value: 6 });
  });
  test('counts a match below another match once', () => {
    expect(find('walk, leaf')).toMatchObject({ functions: 2, value: 9 });
  });
  test('lists frames widest first', () => {
    const { frames } = find('leaf, walk');
    expect(Array.from(frames, (row) => `${functionOf(tree, row)} ${tree.total[row]}`)).toEqual([
      'main.walk 6',
      'main.walk 4',
      'main.leaf 4',
      'main.leaf 3',
    ]);
  });
  test('keeps what a match calls lit, and dims its callers', () => {
    const { names } = find('walk');
    const lit = litFrames(tree, names);
    const dimmed = Array.from(lit.keys()).filter((row) => lit[row] === 0);
    expect(dimmed.map((row) => functionOf(tree, row)).sort()).toEqual([
      'main.a',
      'main.b',
      'main.c',
      'main.leaf',
      'total',
    ]);
  });
  test('never finds the root', () => {
    expect(find('total')).toMatchObject({ functions: 0, value: 0 });
  });

  function find(text: string) {
    const asked = parseFind(text);
    if (asked === undefined || 'mistake' in asked) throw new Error(`cannot find ${text}`);
    return findFrames(tree, asked.matches);
  }
});

function matches(text: string, name: string): boolean | undefined {
  const find = parseFind(text);
  return find === undefined || 'mistake' in find ? undefined : find.matches(name);
}
