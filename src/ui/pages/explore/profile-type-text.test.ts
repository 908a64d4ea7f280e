import { expect, test } from 'vitest';
import {
  defaultProfileType,
  pointFormat,
  profileTypeText,
  sortProfileTypes,
  valueFormat,
} from './profile-type-text.ts';

const ALLOCATED = 'memory:alloc_space:bytes:space:bytes';
const IN_USE = 'memory:inuse_space:bytes:space:bytes';
const CPU = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
const GOROUTINES = 'goroutines:goroutine:count:goroutine:count';
const GOROUTINES_2023 = 'goroutines:goroutines:goroutines:goroutines:count';
const MUTEX = 'mutex:delay:nanoseconds:mutex:count';

test('lists types by group, goroutines first', () => {
  expect(sortProfileTypes([CPU, MUTEX, ALLOCATED, GOROUTINES, IN_USE]).map((text) => text.group)).toEqual([
    'Goroutines',
    'Memory in use',
    'Memory allocated',
    'CPU',
    'Mutex',
  ]);
});

test('knows the goroutines of both client generations', () => {
  expect(profileTypeText(GOROUTINES).label).toBe('goroutines');
  expect(profileTypeText(GOROUTINES_2023).label).toBe('goroutines');
});

test('names types that it does not know by their own words', () => {
  expect(profileTypeText('rust:live_heap:bytes:x:y')).toMatchObject({ group: 'Other', label: 'rust live heap' });
});

test('starts with memory in use where there is one', () => {
  expect(defaultProfileType([CPU, GOROUTINES, IN_USE])).toBe(IN_USE);
  expect(defaultProfileType([MUTEX, CPU])).toBe(CPU);
  expect(defaultProfileType([])).toBeUndefined();
});

test('writes gauges as values, counters as rates, CPU as cores', () => {
  expect(pointFormat(IN_USE)(2 * 1024 ** 2)).toBe('2.00\u202fMiB');
  expect(pointFormat(ALLOCATED)(2 * 1024 ** 2)).toBe('2.00\u202fMiB/s');
  expect(pointFormat(CPU)(1.42e9)).toBe('1.42\u202fcores');
  expect(valueFormat(CPU)(51.2e9)).toBe('51.2\u202fs');
});

test('writes means of few goroutines with two decimals', () => {
  const format = valueFormat(GOROUTINES);
  expect([17, 16.4, 3.456, 0.35, 0.0099, 0].map((value) => format(value))).toEqual([
    '17',
    '16.4',
    '3.46',
    '0.35',
    '<\u202f0.01',
    '0',
  ]);
  expect(pointFormat(GOROUTINES)(0.5, { trim: true })).toBe('0.5');
});
