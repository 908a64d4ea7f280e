import { describe, expect, it } from 'vitest';
import { clampRange, cutoffOf, timelineRange } from './clamp.ts';

const ms = (value: number): bigint => BigInt(value) * 1_000_000n;
const range = (from: number, until: number) => ({ fromNs: ms(from), untilNs: ms(until) });

describe('clampRange', () => {
  it('cuts off what is older than the cutoff and has nothing before it', () => {
    expect(clampRange(range(10, 90), ms(50))).toEqual(range(50, 90));
    expect(clampRange(range(60, 90), ms(50))).toEqual(range(60, 90));
    expect(clampRange(range(10, 49), ms(50))).toBeUndefined();
  });

  it('stays where stored times fit', () => {
    const { fromNs, untilNs } = clampRange({ fromNs: -5n, untilNs: 2n ** 70n }, 0n)!;
    expect(fromNs).toBe(0n);
    expect(untilNs).toBeLessThan(2n ** 63n);
    expect(clampRange({ fromNs: 2n ** 69n, untilNs: 2n ** 70n }, 0n)).toBeUndefined();
  });

  it('keeps everything where the retention is 0', () => {
    expect(cutoffOf(1_000_000, 0)).toBe(0n);
    expect(cutoffOf(1_000_000, 400_000)).toBe(ms(600_000));
  });
});

describe('timelineRange', () => {
  it('begins one step before the first point, at the end of a millisecond', () => {
    expect(timelineRange(range(100, 190), ms(30), 0n)).toEqual({ fromNs: ms(71) - 1n, untilNs: ms(191) - 1n });
  });

  it('leaves out points before the cutoff without moving the grid', () => {
    expect(timelineRange(range(100, 190), ms(30), ms(131))).toEqual({ fromNs: ms(131) - 1n, untilNs: ms(191) - 1n });
    expect(timelineRange(range(100, 190), ms(30), ms(130))?.fromNs).toBe(ms(101) - 1n);
    expect(timelineRange(range(100, 155), ms(30), ms(131))).toBeUndefined();
  });
});
