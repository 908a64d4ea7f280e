import { expect, test } from 'vitest';
import { profileFromText } from '../../test/support/profile-from-text.ts';
import { Hash64 } from '../base/hash.ts';
import type { Profile } from '../model/profile.ts';
import { symbolsOf } from './stack-symbols.ts';
import { differenceSince, foldSmallStacks, type StackTable, stackTableOf, totalOf } from './stack-table.ts';

const TWO = [
  { type: 'alloc_space', unit: 'bytes' },
  { type: 'inuse_space', unit: 'bytes' },
];

/** `root;leaf v w`, sorted: what the symbols and the columns say together. */
function textOf(profile: Profile, table: StackTable): string[] {
  const { strings, frameFunction, stackOffsets, stackFrames } = symbolsOf(profile, table);
  const lines = [...table.stackIds.keys()].map((row) => {
    const frames = stackFrames.subarray(stackOffsets[row], stackOffsets[row + 1]);
    const names = [...frames].reverse().map((frame) => strings[frameFunction[frame]!]);
    return [names.join(';'), ...table.columns.map((column) => column[row])].join(' ').trim();
  });
  return lines.sort();
}

test('merges samples of equal stack whatever their labels', () => {
  const profile = profileFromText(`
    main;work 1 {a=x}
    main;work 2 {a=y}
    main      4
  `);
  expect(textOf(profile, stackTableOf(profile))).toEqual(['main 4', 'main;work 3']);
});

test('ids are ascending, distinct, and depend on function, file and line of each frame in order', () => {
  const profile = profileFromText('a;b 1\nb;a 1\na@f:1;b 1\na@f:2;b 1\na@g:1;b 1\na 1');
  const { stackIds } = stackTableOf(profile);
  expect([...stackIds]).toEqual([...new Set(stackIds)].sort((x, y) => (x < y ? -1 : 1)));
  expect(stackIds.length).toBe(6);
});

test('an id never changes: it is stored', () => {
  const profile = profileFromText('main.main@main.go:9;main.work@work.go:12 1');
  const frame = (name: string, file: string, line: number) =>
    new Hash64().string(name).string(file).uint32(line).lanes();
  const hash = new Hash64();
  for (const [high, low] of [frame('main.work', 'work.go', 12), frame('main.main', 'main.go', 9)]) {
    hash.uint32(high).uint32(low);
  }
  expect([...stackTableOf(profile).stackIds]).toEqual([hash.bigint()]);
  expect(hash.bigint()).toBe(3678521843301964294n);
});

test('the empty stack is a row of id 0', () => {
  const profile = profileFromText('5\nmain 1');
  expect([...stackTableOf(profile).stackIds][0]).toBe(0n);
  expect(textOf(profile, stackTableOf(profile))).toEqual(['5', 'main 1']);
});

test('leaves out samples without a positive value and counts negative ones as 0', () => {
  const profile = profileFromText('a 0 0\nb -1 0\nc -5 7\nd 1 0', { sampleTypes: TWO });
  expect(textOf(profile, stackTableOf(profile))).toEqual(['c 0 7', 'd 1 0']);
});

test('sums stop at the largest 64-bit integer', () => {
  const profile = profileFromText('a 9223372036854775807 {x=1}\na 5 {x=2}\nb 9');
  const [column] = stackTableOf(profile).columns;
  expect(totalOf(column!)).toBe(2n ** 63n - 1n);
  expect([...column!].sort()).toEqual([2n ** 63n - 1n, 9n].sort());
});

test('the difference since an earlier profile is never negative and leaves gauges as they are', () => {
  const earlier = profileFromText('a 10 10\nb 7 7\ngone 3 3', { sampleTypes: TWO });
  const profile = profileFromText('a 15 11\nb 2 7\nc 4 0\nd 0 1', { sampleTypes: TWO });
  const table = differenceSince(stackTableOf(profile), stackTableOf(earlier), [{ column: 0, previousColumn: 0 }]);
  expect(textOf(profile, table)).toEqual(['a 5 11', 'b 0 7', 'c 4 0', 'd 0 1']);
});

test('a stack that did nothing since leaves the table', () => {
  const profile = profileFromText('a 10\nb 4', { sampleTypes: [TWO[0]!] });
  const earlier = profileFromText('a 10\nb 1', { sampleTypes: [TWO[0]!] });
  const table = differenceSince(stackTableOf(profile), stackTableOf(earlier), [{ column: 0, previousColumn: 0 }]);
  expect(textOf(profile, table)).toEqual(['b 3']);
});

test('folds the smallest stacks by their largest share in any type, and no value is lost', () => {
  const profile = profileFromText('a 100 0\nb 1 0\nc 2 0\nd 0 3\ne 0 1', { sampleTypes: TWO });
  const { table, folded } = foldSmallStacks(stackTableOf(profile), 3);
  expect(folded).toBe(2);
  expect(textOf(profile, table)).toEqual(['(truncated) 3 0', 'a 100 0', 'd 0 3', 'e 0 1']);
  expect(table.columns.map(totalOf)).toEqual([103n, 4n]);
  expect([...table.stackIds]).toEqual([...table.stackIds].sort((x, y) => (x < y ? -1 : 1)));
});

test('folds into a stack that the client itself calls (truncated)', () => {
  const profile = profileFromText('(truncated) 50\na 100\nb 1\nc 2');
  const { table } = foldSmallStacks(stackTableOf(profile), 2);
  expect(textOf(profile, table)).toEqual(['(truncated) 53', 'a 100']);
});

test('leaves a profile of exactly the limit alone', () => {
  const profile = profileFromText('a 1\nb 2');
  const table = stackTableOf(profile);
  expect(foldSmallStacks(table, 2)).toEqual({ table, folded: 0 });
});
