import { expect, it } from 'vitest';
import { varianceOf } from './sampling.ts';

const PERIOD = 524_288;

it('has the variance of the period for small objects, less for larger ones, none for those that are always seen', () => {
  expect(varianceOf(64, PERIOD)).toBeCloseTo(PERIOD, -3);
  expect(varianceOf(null, PERIOD)).toBe(PERIOD);
  expect(varianceOf(PERIOD, PERIOD)).toBeCloseTo(0.582 * PERIOD, -3);
  expect(varianceOf(20 * PERIOD, PERIOD)).toBeLessThan(1);
});
