import { expect, test } from 'vitest';
import { formatMatchers, parseMatchers, parseSort, SORT, TYPE, VIEW } from './explore-state.ts';

test('reads and writes matchers as the URL has them', () => {
  const text = 'version="v2.14.0",region=~"eu-.*"';
  const matchers = parseMatchers(text);
  expect(matchers).toEqual([
    { name: 'version', operator: '=', value: 'v2.14.0' },
    { name: 'region', operator: '=~', value: 'eu-.*' },
  ]);
  expect(formatMatchers(matchers ?? [])).toBe(text);
  expect(parseMatchers(`{${text}}`)).toEqual(matchers);
});

test('keeps braces and quotes inside values', () => {
  const matchers = [{ name: 'path', operator: '=', value: '/a/{id}"' }] as const;
  expect(parseMatchers(formatMatchers(matchers))).toEqual(matchers);
});

test('says of a text that is no selector that it is none', () => {
  expect(parseMatchers('version=')).toBeUndefined();
});

test('reads a sort order, and refuses columns that do not exist', () => {
  expect(parseSort('total:asc')).toEqual({ column: 'total', descending: false });
  expect(parseSort('price:asc')).toBeUndefined();
  expect(SORT.parse(SORT.format(SORT.fallback))).toEqual(SORT.fallback);
});

test('falls back from views and types that do not exist', () => {
  expect(VIEW.parse('sandwich')).toBe('sandwich');
  expect(VIEW.parse('icicle')).toBeUndefined();
  expect(TYPE.parse('bad')).toBeUndefined();
});
