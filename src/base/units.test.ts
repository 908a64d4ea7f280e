import { describe, expect, it } from 'vitest';
import {
  formatByteRate,
  formatBytes,
  formatChange,
  formatCores,
  formatCount,
  formatCpu,
  formatDuration,
  formatExactCount,
  formatGrowth,
  formatInterval,
  formatNumber,
  formatPercent,
  formatRate,
  formatSigned,
  formatValue,
} from './units.ts';

/** Narrow no-break spaces as plain ones, to keep the table readable. */
const plain = (text: string) => text.replaceAll('\u202f', ' ');
const GIB = 2 ** 30;
const MIB = 2 ** 20;

describe('formatNumber', () => {
  it.each([
    [8.714, '8.71'],
    [9.996, '10.0'],
    [99.96, '100'],
    [999.6, '1 000'],
    [0.01234, '0.0123'],
    [0, '0'],
    [-1.5, '\u22121.50'],
    [Number.NaN, '\u2013'],
  ])('keeps three digits of %d', (value, text) => expect(plain(formatNumber(value))).toBe(text));
});

describe('formatBytes', () => {
  it.each([
    [8.71 * GIB, '8.71 GiB'],
    [29 * GIB, '29.0 GiB'],
    [213 * MIB, '213 MiB'],
    [102 * 1024, '102 KiB'],
    [106_496, '104 KiB'],
    [1010 * 1024, '0.986 MiB'],
    [512, '512 B'],
    [0, '0 B'],
  ])('writes %d with its unit', (value, text) => expect(plain(formatBytes(value))).toBe(text));
  it('drops trailing zeros of limits', () => {
    expect(plain(formatBytes(2 * GIB, { trim: true }))).toBe('2 GiB');
    expect(plain(formatBytes(1.5 * GIB, { trim: true }))).toBe('1.5 GiB');
    expect(plain(formatBytes(100 * MIB, { trim: true }))).toBe('100 MiB');
  });
});

describe('counts', () => {
  it('groups to 9 999, then abbreviates', () => {
    expect([4327, 23_500, 1_280_000, 999_700, 12].map((n) => plain(formatCount(n)))).toEqual([
      '4 327',
      '23.5 k',
      '1.28 M',
      '1.00 M',
      '12',
    ]);
  });
  it('writes counts of sentences out', () => expect(plain(formatExactCount(22_762))).toBe('22 762'));
});

describe('rates', () => {
  it('chooses the unit of time in which the rate is at least 1', () => {
    expect(formatRate(1.2)).toBe('1.20/s');
    expect(formatRate(38 / 3600, { trim: true })).toBe('38/h');
    expect(formatRate(0.2, { trim: true })).toBe('12/min');
    expect(formatRate(1e-6)).toBe('0.0864/d');
    expect(formatRate(0)).toBe('0/s');
  });
  it('gives memory growth by the hour, by the day below 1 MiB/h', () => {
    expect(plain(formatSigned((431 * MIB) / 3600, formatByteRate))).toBe('+431 MiB/h');
    expect(plain(formatByteRate((0.5 * MIB) / 3600))).toBe('12.0 MiB/d');
    expect(plain(formatSigned((-61 * MIB) / 3600, formatByteRate))).toBe('\u221261.0 MiB/h');
  });
  it('says 0 with its margin where the interval contains 0', () => {
    const mibPerHour = MIB / 3600;
    const growth = { value: 0.1 * mibPerHour, low: -1 * mibPerHour, high: 2 * mibPerHour };
    expect(plain(formatGrowth(growth, formatByteRate))).toBe('0 ± 2.00 MiB/h');
    expect(formatGrowth({ value: 0, low: 0, high: 0 }, formatRate)).toBe('0');
    expect(formatGrowth({ value: 2, low: 1, high: 3 }, formatRate)).toBe('+2.00/s');
  });
});

describe('shares and changes', () => {
  it('never says 0.0 % of something', () => {
    expect([0.148, 0.6, 0.0004, 0].map((share) => plain(formatPercent(share)))).toEqual([
      '14.8 %',
      '60.0 %',
      '< 0.1 %',
      '0 %',
    ]);
    expect(plain(formatPercent(0.6, { sentence: true }))).toBe('60 %');
    expect(plain(formatPercent(0.0312, { sentence: true }))).toBe('3.1 %');
  });
  it('gives the change, then its share, as factor from tenfold on', () => {
    expect(plain(formatChange(1.15 * GIB, 3.07 * GIB, formatBytes))).toBe('+1.92 GiB (+167 %)');
    expect(plain(formatChange(GIB, 14 * GIB, formatBytes))).toBe('+13.0 GiB (×14)');
    expect(plain(formatChange(0, GIB, formatBytes))).toBe('+1.00 GiB');
  });
});

describe('formatDuration', () => {
  it.each([
    [38, '38 ms'],
    [1500, '1.5 s'],
    [22_000, '22 s'],
    [380_000, '6 min 20 s'],
    [(5 * 60 + 31) * 60_000, '5 h 31 min'],
    [3_599_900, '1 h'],
    [4 * 86_400_000, '4 d'],
  ])('gives %d ms in two units at most', (ms, text) => expect(plain(formatDuration(ms))).toBe(text));
  it('rounds down to one unit for ages', () => expect(plain(formatDuration(419_000, { units: 1 }))).toBe('6 min'));
});

it('gives CPU sums in seconds and CPU rates in cores', () => {
  expect(plain(formatCpu(51.2e9))).toBe('51.2 s');
  expect(plain(formatCores(1.42e9))).toBe('1.42 cores');
  expect(plain(formatValue(51.2e9, 'nanoseconds'))).toBe('51.2 s');
});

it('says the unit of an interval once where both ends share it', () => {
  expect(plain(formatInterval(1.17, 1.24, formatRate))).toBe('1.17\u20131.24/s');
  expect(plain(formatInterval(92_160, 126_976, formatBytes))).toBe('90.0\u2013124 KiB');
  expect(plain(formatInterval(512 * 1024, 1.5 * GIB, formatBytes))).toBe('512 KiB\u20131.50 GiB');
});
