import { expect, it } from 'vitest';
import { valuesAt } from './call-site.ts';

const frames = (path: string) =>
  path
    .split(';')
    .reverse()
    .map((name) => ({ function: name, file: '', line: 0 }));
const stacks = new Map([
  [1n, frames('main;serve;read')],
  [2n, frames('main;serve')],
  [3n, frames('main;idle;serve')],
]);
const values = new Map([
  [1n, 10],
  [2n, 20],
  [3n, 30],
]);
const selected = (...callSite: string[]) => [...valuesAt(callSite, stacks, values).keys()];

it('selects the stacks that begin with the call site, from the root on', () => {
  expect(selected('main')).toEqual([1n, 2n, 3n]);
  expect(selected('main', 'serve')).toEqual([1n, 2n]);
  expect(selected('main', 'serve', 'read')).toEqual([1n]);
  expect(selected('serve')).toEqual([]);
  expect(selected('main', 'serve', 'read', 'more')).toEqual([]);
});

it('selects everything without a call site', () => {
  expect(valuesAt([], stacks, values)).toBe(values);
});
