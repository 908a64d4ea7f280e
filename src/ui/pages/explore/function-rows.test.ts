import { expect, test } from 'vitest';
import type { CallTreeAnswer } from '../../../wire/api.ts';
import { functionRows, nextSort } from './function-rows.ts';

const answer = {
  strings: ['', 'io.ReadAll', 'main.a', 'main.b'],
  functions: { name: [2, 1, 3], file: [0, 0, 0], self: [5, 9, 5], total: [20, 9, 7] },
} as unknown as CallTreeAnswer;
const names = (rows: Uint32Array) => [...rows].map((row) => answer.strings[answer.functions.name[row]!]);

test('sorts by value, equals in the order of the answer', () => {
  expect(names(functionRows(answer, { column: 'self', descending: true }, undefined))).toEqual([
    'io.ReadAll',
    'main.a',
    'main.b',
  ]);
  expect(names(functionRows(answer, { column: 'total', descending: false }, undefined))).toEqual([
    'main.b',
    'io.ReadAll',
    'main.a',
  ]);
});

test('sorts by name', () => {
  const rows = functionRows(answer, { column: 'function', descending: false }, undefined);
  expect(names(rows)).toEqual(['io.ReadAll', 'main.a', 'main.b']);
});

test('keeps what matches', () => {
  const rows = functionRows(answer, { column: 'self', descending: true }, (name) => name.startsWith('main.'));
  expect(names(rows)).toEqual(['main.a', 'main.b']);
});

test('a column sorts largest first, names from a to z, a second click the other way', () => {
  expect(nextSort({ column: 'self', descending: true }, 'total')).toEqual({ column: 'total', descending: true });
  expect(nextSort({ column: 'self', descending: true }, 'self')).toEqual({ column: 'self', descending: false });
  expect(nextSort({ column: 'self', descending: true }, 'function')).toEqual({ column: 'function', descending: false });
});
