import { describe, expect, it } from 'vitest';
import { normalOf, poisson, randomOf } from '../../../test/support/synthetic-history.ts';
import type { Series } from './series.ts';
import { EXACT, type Sampling, shapeOf } from './shape.ts';

/**
 * Error rates of the shape test on generated series with known truth, 300 a kind, 60 points, level 1000. They are what
 * docs/leak-detection.md quotes. Whole verdicts add age, turnover, load, retention and earlier runs on top.
 */
const SERIES = 300;
const POINTS = 60;

type Make = (
  u: number,
  at: { readonly random: () => number; readonly normal: () => number; readonly i: number },
) => number;

/** `u` runs from 0 to 1 over the window. */
function passShare(seed: number, make: () => Make, sampling: Sampling = EXACT, points = POINTS): number {
  let passed = 0;
  for (let k = 0; k < SERIES; k++) {
    const random = randomOf(seed * 100_003 + k);
    const normal = normalOf(random);
    const value = make();
    const timesS = Float64Array.from({ length: points }, (_, i) => i * 15);
    const values = timesS.map((_, i) => value(i / (points - 1), { random, normal, i }));
    if (shapeOf({ timesS, values } satisfies Series, sampling).passes) passed++;
  }
  return passed / SERIES;
}

/** Autoregressive noise of standard deviation `size`. */
function autoregressive(phi: number, size: number): (normal: () => number) => number {
  let state = 0;
  return (normal) => {
    state = phi * state + Math.sqrt(1 - phi * phi) * size * normal();
    return state;
  };
}

const noise = 50;
const leaks: Record<string, readonly [make: () => Make, atLeast: number]> = {
  '+100 %, 5 % noise': [
    () =>
      (u, { normal }) =>
        1000 * (1 + u) + noise * normal(),
    0.97,
  ],
  '+30 %, 5 % noise': [
    () =>
      (u, { normal }) =>
        1000 * (1 + 0.3 * u) + noise * normal(),
    0.92,
  ],
  '+100 %, autoregressive noise .8': [
    () => {
      const ar = autoregressive(0.8, noise);
      return (u, { normal }) => 1000 * (1 + u) + ar(normal);
    },
    0.75,
  ],
  '+100 % with a saw of 30 %': [
    () =>
      (u, { normal }) =>
        1000 * (1 + u) + 300 * ((u * 12) % 1) + 20 * normal(),
    0.95,
  ],
  '+100 % at a rate of day and night': [
    () =>
      (u, { normal }) =>
        1000 * (1 + u + 0.05 * Math.sin(2 * Math.PI * 6 * u)) + 20 * normal(),
    0.95,
  ],
  'from half time': [
    () =>
      (u, { normal }) =>
        1000 * (1 + Math.max(0, 2 * (u - 0.5))) + noise * normal(),
    0.9,
  ],
  'goroutines, Poisson births, 2 per step': [
    () => {
      let count = 10;
      return (_, { random }) => (count += poisson(random, 2));
    },
    0.97,
  ],
  accelerating: [
    () =>
      (u, { normal }) =>
        1000 * (1 + u * u * 2) + noise * normal(),
    0.95,
  ],
};

const others: Record<string, readonly [make: () => Make, atMost: number]> = {
  'white noise': [
    () =>
      (_, { normal }) =>
        1000 + noise * normal(),
    0.005,
  ],
  'autoregressive .8, 5 %': [
    () => {
      const ar = autoregressive(0.8, noise);
      return (_, { normal }) => 1000 + ar(normal);
    },
    0.03,
  ],
  'autoregressive .8, 10 %': [
    () => {
      const ar = autoregressive(0.8, 2 * noise);
      return (_, { normal }) => 1000 + ar(normal);
    },
    0.06,
  ],
  'random walk': [
    () => {
      let level = 1000;
      return (_, { normal }) => (level += 20 * normal());
    },
    0.12,
  ],
  'fill to 40 % of the window': [
    () =>
      (u, { normal }) =>
        1000 * (1 + Math.min(1, u / 0.4)) + noise * normal(),
    0.01,
  ],
  'fill to 70 %': [
    () =>
      (u, { normal }) =>
        1000 * (1 + Math.min(1, u / 0.7)) + noise * normal(),
    0.03,
  ],
  'exponential fill, 0.3 of the window': [
    () =>
      (u, { normal }) =>
        1000 * (2 - Math.exp(-u / 0.3)) + noise * normal(),
    0.03,
  ],
  'step at 85 %': [
    () =>
      (u, { normal }) =>
        1000 * (u < 0.85 ? 1 : 2) + noise * normal(),
    0.01,
  ],
  'step at 45 %': [
    () =>
      (u, { normal }) =>
        1000 * (u < 0.45 ? 1 : 2) + noise * normal(),
    0.01,
  ],
  'three steps early': [
    () =>
      (u, { normal }) =>
        1000 * (1 + Math.min(3, Math.floor(u / 0.12)) / 3) + noise * normal(),
    0.02,
  ],
  'saw-tooth': [
    () =>
      (u, { normal }) =>
        1000 + 500 * ((u * 7) % 1) + noise * normal(),
    0.01,
  ],
  bursts: [
    () =>
      (_, { normal, random }) =>
        1000 + (random() < 0.15 ? 800 : 0) + noise * normal(),
    0.01,
  ],
  'backlog that drains': [
    () =>
      (u, { normal }) =>
        1000 + 900 * Math.max(0, 1 - Math.abs(u - 0.5) * 4) + noise * normal(),
    0.01,
  ],
  'sines, ending on a rise': [
    () =>
      (u, { normal }) =>
        1000 + 400 * Math.sin(2 * Math.PI * 2.2 * u) + noise * normal(),
    0.01,
  ],
};

const report: string[] = [];

describe('series that leak', () => {
  it.each(Object.entries(leaks))('finds %s', (name, [make, atLeast]) => {
    const share = passShare(name.length, make);
    report.push(`leak   ${percent(share)} (at least ${percent(atLeast)})  ${name}`);
    expect(share).toBeGreaterThanOrEqual(atLeast);
  });
});

describe('series that do not', () => {
  it.each(Object.entries(others))('passes %s', (name, [make, atMost]) => {
    const share = passShare(name.length + 50, make);
    report.push(`other  ${percent(share)} (at most ${percent(atMost)})  ${name}`);
    expect(share).toBeLessThanOrEqual(atMost);
  });
});

describe('small objects in the sampled heap', () => {
  const period = 524_288;
  const heap = (mebibytes: number): Sampling => ({
    varianceBytes: period,
    birthsPerSecond: 0,
    samples: mebibytes * 2,
    objects: 1e6,
  });
  /** Live memory grows by whole samples that stay once drawn. */
  const growing = (mebibytes: number, until: number) => (): Make => {
    let bytes = 0;
    return (u, { random }) => (bytes += u <= until ? period * poisson(random, (2 * mebibytes) / (POINTS * until)) : 0);
  };

  it.each([
    [8, 0.9],
    [16, 0.95],
    [40, 0.97],
  ])('finds a leak of %d MiB', (mebibytes, atLeast) => {
    const share = passShare(200 + mebibytes, growing(mebibytes, 1), heap(mebibytes));
    report.push(`leak   ${percent(share)} (at least ${percent(atLeast)})  heap, ${mebibytes} MiB`);
    expect(share).toBeGreaterThanOrEqual(atLeast);
  });

  it.each([
    [8, 0.4, 0.1],
    [16, 0.7, 0.1],
    [40, 0.7, 0.03],
  ])('passes a fill of %d MiB that ended at %d of the window', (mebibytes, until, atMost) => {
    const share = passShare(300 + mebibytes, growing(mebibytes, until), heap(mebibytes));
    report.push(
      `other  ${percent(share)} (at most ${percent(atMost)})  heap, ${mebibytes} MiB, ended at ${percent(until)}`,
    );
    expect(share).toBeLessThanOrEqual(atMost);
  });
});

it('reports the rates', () => {
  process.stdout.write(
    `shape test, ${SERIES} series a kind, ${POINTS} points; share that passes:\n${report.join('\n')}\n`,
  );
  expect(report).toHaveLength(Object.keys(leaks).length + Object.keys(others).length + 6);
});

function percent(share: number): string {
  return `${(100 * share).toFixed(1).padStart(5)} %`;
}
