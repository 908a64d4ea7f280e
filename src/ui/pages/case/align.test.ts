import { describe, expect, it } from 'vitest';
import { alignSegments, instancesOf, sumLines, wholeLines } from './align.ts';

const segment = (instance: string, points: readonly (readonly [number, number])[]) => ({
  instance,
  version: null,
  session: null,
  timesMs: points.map(([timeMs]) => timeMs),
  values: points.map(([, value]) => value),
});

describe('alignSegments', () => {
  it('puts instances that report at other times on one grid', () => {
    const a = segment('a', [
      [0, 0],
      [1000, 10],
      [2000, 20],
    ]);
    const b = segment('b', [
      [500, 5],
      [1500, 15],
      [2500, 25],
    ]);
    const { timesMs, lines } = alignSegments([a, b], ['a', 'b'], 0, 3000);
    expect(timesMs).toEqual([0, 1000, 2000, 3000]);
    expect(lines[0]?.values).toEqual([0, 10, 20, null]);
    expect(lines[1]?.values).toEqual([null, 10, 20, 25]);
  });

  it('interrupts the line at a restart and where profiles are missing', () => {
    const first = segment('a', [
      [0, 1],
      [1000, 2],
      [6000, 7],
      [7000, 8],
    ]);
    const second = segment('a', [
      [12_000, 0],
      [13_000, 1],
    ]);
    const { lines } = alignSegments([first, second], ['a'], 0, 13_000);
    expect(lines[0]?.values).toEqual([1, 2, null, null, null, null, 7, 8, null, null, null, null, 0, 1]);
  });

  it('keeps to 600 points', () => {
    const points = Array.from({ length: 5000 }, (_, index) => [index * 1000, index] as const);
    expect(alignSegments([segment('a', points)], ['a'], 0, 5_000_000).timesMs.length).toBeLessThanOrEqual(601);
  });

  it('draws nothing outside the range', () => {
    const a = segment('a', [
      [0, 0],
      [1000, 10],
      [9000, 90],
    ]);
    expect(alignSegments([a], ['a'], 1000, 3000).lines[0]?.values).toEqual([10, null, null]);
  });
});

describe('sumLines', () => {
  it('adds what is there, and is a gap where nothing is', () => {
    const series = {
      timesMs: [0, 1, 2],
      lines: [
        { instance: 'a', values: [1, null, null] },
        { instance: 'b', values: [2, 3, null] },
      ],
    };
    expect(sumLines(series, 'all').lines).toEqual([{ instance: 'all', values: [3, 3, null] }]);
  });
});

describe('instancesOf', () => {
  it('names each instance once, in the order of the segments', () => {
    expect(instancesOf([segment('b', []), segment('a', [])], [segment('b', [])])).toEqual(['b', 'a']);
  });
});

describe('wholeLines', () => {
  it('has no parts of goroutines between two profiles, and keeps gaps', () => {
    const lines = [{ instance: 'a', values: [1, 1.6, null] }];
    expect(wholeLines({ timesMs: [0, 1, 2], lines }).lines[0]?.values).toEqual([1, 2, null]);
  });
});
