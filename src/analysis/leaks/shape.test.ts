import { describe, expect, it } from 'vitest';
import { normalOf, randomOf } from '../../../test/support/synthetic-history.ts';
import { EXACT, type Sampling, shapeOf } from './shape.ts';

const PERIOD = 524_288;
const MIB = 2 ** 20;

function shape(values: readonly number[], sampling: Sampling = EXACT, timesS = values.map((_, i) => i * 15)) {
  return shapeOf({ timesS: Float64Array.from(timesS), values: Float64Array.from(values) }, sampling);
}

const from = (count: number, value: (i: number) => number) => Array.from({ length: count }, (_, i) => value(i));

describe('shapeOf', () => {
  it('says nothing below 8 points', () => {
    expect(shape(from(7, (i) => i * 100))).toMatchObject({ passes: false, failure: 'few' });
    expect(shape(from(8, (i) => i * 100)).passes).toBe(true);
  });

  it('names what speaks against growth', () => {
    expect(shape(from(60, (i) => 1000 - i)).failure).toBe('falls');
    expect(shape(from(60, (i) => 1000 + i)).failure).toBe('small');
    const normal = normalOf(randomOf(1));
    expect(shape(from(60, (i) => 1000 + 3 * i + 400 * normal())).failure).toMatch(/noise|falls/);
    expect(shape(from(60, (i) => 10 + Math.min(i, 40) * 5)).failure).toBe('flattens');
    expect(shape(from(60, (i) => (i < 50 ? 100 : 400))).failure).toBe('step');
  });

  it('goes by time, not by index: a gap in the profiles is a gap in the buckets', () => {
    const gap = from(40, (i) => (i < 20 ? i * 15 : 120 + i * 15));
    expect(
      shape(
        gap.map((time) => 100 + time),
        EXACT,
        gap,
      ),
    ).toMatchObject({ passes: true, failure: null });
  });

  it('gives sampled bytes more room than exact counts', () => {
    // Eleven samples, of which the last fifth of the window happens to have none.
    const bytes = from(60, (i) => 100 * PERIOD + PERIOD * Math.floor(Math.min(i, 47) / 4));
    const heap: Sampling = { varianceBytes: PERIOD, birthsPerSecond: 0, samples: 11, objects: 1e4 };
    expect(shape(bytes.map((value) => value - 100 * PERIOD)).failure).toBe('tail');
    expect(
      shape(
        bytes.map((value) => value - 100 * PERIOD),
        heap,
      ).passes,
    ).toBe(true);
  });

  describe('a few objects', () => {
    const one: Sampling = { varianceBytes: 0.25 * MIB, birthsPerSecond: 0, samples: 8, objects: 1 };
    it('that double again and again leak', () => {
      expect(
        shape(
          from(60, (i) => MIB * 2 ** Math.floor(i / 10)),
          one,
        ),
      ).toMatchObject({ passes: true, isGrowingObject: true });
    });
    it('that stopped growing do not', () => {
      expect(
        shape(
          from(60, (i) => MIB * 2 ** Math.min(4, Math.floor(i / 3))),
          one,
        ).passes,
      ).toBe(false);
    });
  });
});
