import { expect, it } from 'vitest';
import { makeLabels, seriesIdOf } from './labels.ts';

it('sorts by name, drops empty values, and lets later entries win', () => {
  const labels = makeLabels([
    ['b', '1'],
    ['a', '2'],
    ['c', 'x'],
    ['c', ''],
    ['a', '3'],
  ]);
  expect(Object.entries(labels)).toEqual([
    ['a', '3'],
    ['b', '1'],
  ]);
  expect(Object.isFrozen(labels)).toBe(true);
});

it('gives equal label sets one id, whatever the order they came in', () => {
  const one = makeLabels([
    ['a', '1'],
    ['b', '2'],
  ]);
  const other = makeLabels([
    ['b', '2'],
    ['a', '1'],
  ]);
  expect(seriesIdOf(one)).toBe(seriesIdOf(other));
});

it('tells apart labels whose names and values join to the same text', () => {
  const ids = [
    makeLabels([['a', 'bc']]),
    makeLabels([['ab', 'c']]),
    makeLabels([
      ['a', 'b'],
      ['c', 'd'],
    ]),
    makeLabels([['a', 'bcd']]),
    makeLabels([]),
  ].map(seriesIdOf);
  expect(new Set(ids).size).toBe(ids.length);
});

it('keeps a label named __proto__ as a label', () => {
  expect(Object.entries(makeLabels([['__proto__', 'x']]))).toEqual([['__proto__', 'x']]);
});
