import { expect, test } from 'vitest';
import { isolatedPoints, tickLabels, valueSteps } from './time-chart-axis.ts';

test('finds points without a neighbour', () => {
  expect(isolatedPoints([1, null, 2, 3, null, 4])).toEqual([0, 5]);
  expect(isolatedPoints([])).toEqual([]);
});

test('labels ticks with clock times, the date where a day begins', () => {
  const at = Date.UTC(2026, 10, 18, 23, 30) / 1000;
  expect(tickLabels([at, at + 1800, at + 3600], 1800, 'UTC')).toEqual(['23:30', 'Thu\u202f19 Nov', '00:30']);
});

test('counts bytes in powers of 1024', () => {
  expect(valueSteps(true)).toContain(10 * 1024 ** 2);
  expect(valueSteps(false)).toContain(20e6);
  const steps = valueSteps(true);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});
