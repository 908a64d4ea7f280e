import { expect, it } from 'vitest';
import { IdIndex } from './id-index.ts';
import { PairIndex, StackIndex } from './interning.ts';

const COUNT = 20_000;

it('numbers pairs in the order in which they come, far beyond what it expected', () => {
  const pairs = new PairIndex(0);
  for (let i = 0; i < COUNT; i++) expect(pairs.add(i % 100, -i)).toBe(i);
  for (let i = 0; i < COUNT; i++) expect(pairs.add(i % 100, -i)).toBe(i);
  expect(pairs.size).toBe(COUNT);
  expect(pairs.find(7, -107)).toBe(107);
  expect(pairs.find(7, -108)).toBe(-1);
});

it('numbers stacks in the order in which they come, far beyond what it expected', () => {
  const stacks = new StackIndex(0);
  const add = (...frames: number[]) => {
    for (const frame of frames) stacks.frames.push(frame);
    return stacks.close();
  };
  for (let i = 0; i < COUNT; i++) expect(add(1, i, 2)).toBe(i);
  for (let i = 0; i < COUNT; i++) expect(add(1, i, 2)).toBe(i);
  expect(add()).toBe(COUNT);
  expect(add()).toBe(COUNT);
  expect(add(1, 2)).toBe(COUNT + 1);
  expect([...stacks.offsets.toArray().slice(-3)]).toEqual([3 * COUNT, 3 * COUNT, 3 * COUNT + 2]);
  expect([...stacks.frames.toArray().slice(-5)]).toEqual([1, COUNT - 1, 2, 1, 2]);
});

it('finds ids that count 1, 2, 3, and no others', () => {
  const ids = new IdIndex();
  expect([1, 2, 3].map((id) => ids.add(id, 0))).toEqual([true, true, true]);
  expect([1, 3, 0, 4, -1].map((id) => ids.find(id, 0))).toEqual([0, 2, -1, -1, -1]);
  expect(ids.find(1, 1)).toBe(-1);
  expect(ids.add(3, 0)).toBe(false);
  expect([1, 3, 4].map((id) => ids.find(id, 0))).toEqual([0, 2, -1]);
});

it('finds ids that begin to count and then jump', () => {
  const ids = new IdIndex();
  expect([1, 2, 50, -1].map((id) => ids.add(id, 0))).toEqual([true, true, true, true]);
  expect(ids.add(1, 1)).toBe(true);
  expect([1, 2, 50, -1, 3, 0].map((id) => ids.find(id, 0))).toEqual([0, 1, 2, 3, -1, -1]);
  expect(ids.find(1, 1)).toBe(4);
  expect([1, 2, 50].map((id) => ids.add(id, 0))).toEqual([false, false, false]);
  expect(ids.size).toBe(5);
});
