import { describe, expect, test } from 'vitest';
import { alignDown, denseStepS, timelineOf, timelineStepS, topSeries } from './timeline-series.ts';

const point = (timestamp: number, value: number) => ({ timestamp: String(timestamp), value });

describe('timelineOf', () => {
  test('puts points on their steps and leaves gaps where no profile arrived', () => {
    const wire = [{ points: [point(60_000, 30), point(90_000, 60)] }];
    const { timesMs, series } = timelineOf(wire, { fromMs: 60_000, untilMs: 105_000, stepS: 15, perSecond: false });
    expect(timesMs).toEqual([60_000, 75_000, 90_000, 105_000]);
    expect(series[0]?.values).toEqual([30, null, 60, null]);
  });
  test('divides the sums of a counter by the step', () => {
    const wire = [{ points: [point(60_000, 30)] }];
    const { series, mean } = timelineOf(wire, { fromMs: 60_000, untilMs: 60_000, stepS: 15, perSecond: true });
    expect(series[0]?.values[0]).toBe(2);
    expect(mean).toBe(2);
  });
  test('takes a left-out value as 0, as protojson writes it', () => {
    const wire = [{ points: [{ timestamp: '60000' }] }];
    const { series } = timelineOf(wire, { fromMs: 60_000, untilMs: 60_000, stepS: 15, perSecond: false });
    expect(series[0]?.values[0]).toBe(0);
  });
  test('adds series up for mean and peak, over points that exist', () => {
    const wire = [{ points: [point(60_000, 10), point(75_000, 20)] }, { points: [point(60_000, 1)] }];
    const { mean, peak } = timelineOf(wire, { fromMs: 60_000, untilMs: 120_000, stepS: 15, perSecond: false });
    expect([mean, peak]).toEqual([15.5, 20]);
  });
  test('has neither mean nor peak without a point', () => {
    const { mean, peak } = timelineOf([], { fromMs: 0, untilMs: 60_000, stepS: 15, perSecond: false });
    expect([mean, peak]).toEqual([null, null]);
  });
});

test('steps keep a range within 300 points, and are not below what clients send', () => {
  expect(timelineStepS(300_000)).toBe(5);
  expect(timelineStepS(3_600_000)).toBe(15);
  expect(timelineStepS(86_400_000)).toBe(300);
  expect(timelineStepS(30 * 86_400_000)).toBe(10_800);
});

test('takes a longer step where profiles come less often', () => {
  const every = (stepMs: number) => Array.from({ length: 8 }, (_, at) => point(60_000 + at * stepMs, 1));
  const dense = (stepMs: number) => {
    const line = { points: every(stepMs) };
    return denseStepS(timelineOf([line], { fromMs: 60_000, untilMs: 300_000, stepS: 5, perSecond: true }), 5);
  };
  expect([dense(5000), dense(10_000), dense(15_000), dense(20_000)]).toEqual([5, 10, 15, 30]);
});

test('aligns to whole steps', () => {
  expect(alignDown(1_000_123, 15)).toBe(990_000);
});

test('keeps the largest lines and adds the others up', () => {
  const wire = [1, 5, 3].map((value, at) => ({
    labels: [{ name: 'host', value: `h${at}` }],
    points: [point(60_000, value)],
  }));
  const timeline = timelineOf(wire, { fromMs: 60_000, untilMs: 75_000, stepS: 15, perSecond: false });
  expect(topSeries(timeline, 1).series).toEqual([
    { label: 'h1', values: [5, null] },
    { label: '2 others', values: [4, null] },
  ]);
  expect(topSeries(timeline, 3)).toBe(timeline);
});
