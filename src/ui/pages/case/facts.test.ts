import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../model/finding.ts';
import type { Finding } from '../../../wire/api.ts';
import { growthFacts, nowFact } from './facts.ts';

const MIB = 1_048_576;
const finding = {
  verdict: 'leak',
  state: 'open',
  levelledOff: false,
  rate: {
    goroutinesPerSecond: { value: 1.2, low: 1.17, high: 1.24 },
    bytesPerSecond: { value: (431 * MIB) / 3600, low: (417 * MIB) / 3600, high: (445 * MIB) / 3600 },
  },
} as Finding;
const evidence = {
  goroutinesNow: 22_762,
  bytesNow: 2.21 * 1024 * MIB,
  bytesPerGoroutine: { value: 102 * 1024, low: 101 * 1024, high: 103 * 1024 },
} as Evidence;

describe('growthFacts', () => {
  it('gives each growth its interval in one unit', () => {
    expect(growthFacts(finding, evidence).map(({ value, detail }) => `${value}; ${detail}`)).toEqual([
      '1.20/s; 90\u202f% 1.17–1.24/s',
      '431\u202fMiB/h; 90\u202f% 417–445\u202fMiB/h',
      '102\u202fKiB; 90\u202f% 101–103\u202fKiB',
    ]);
  });

  it('shows no growth where it has ended', () => {
    const labels = growthFacts({ ...finding, levelledOff: true }, evidence).map((fact) => fact.label);
    expect(labels).toEqual(['Memory per goroutine']);
  });

  it('is warm for leaks alone', () => {
    expect(growthFacts({ ...finding, verdict: 'watch' }, evidence).some((fact) => fact.grows)).toBe(false);
    expect(growthFacts(finding, evidence)[0]?.grows).toBe(true);
  });
});

describe('nowFact', () => {
  it('counts goroutines and the bytes in use with them', () => {
    expect(nowFact(evidence, '14:31')).toMatchObject({
      label: 'At 14:31',
      value: '22\u202f762',
      detail: 'goroutines, 2.21\u202fGiB in use',
    });
  });

  it('shows bytes alone for a leak of memory, and nothing where nothing is known', () => {
    expect(nowFact({ ...evidence, goroutinesNow: null }, '14:31')?.value).toBe('2.21\u202fGiB');
    expect(nowFact({ ...evidence, goroutinesNow: null, bytesNow: null }, '14:31')).toBeNull();
  });
});
