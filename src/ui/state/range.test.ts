import { describe, expect, it } from 'vitest';
import { parseTypedMs, rangeName, rangeReaching, resolveRange } from './range.ts';

const NOW = Date.parse('2026-11-18T14:32:00Z');

describe('resolveRange', () => {
  it('resolves both ends against the clock', () => {
    const { range, bad } = resolveRange('now-3h', 'now', 'now-1h', NOW);
    expect(bad).toBeNull();
    expect(range).toMatchObject({ fromMs: NOW - 3 * 3_600_000, untilMs: NOW, endsNow: true });
  });

  it('names a bad end and falls back to the default range', () => {
    const { range, bad } = resolveRange('yesterdy', 'now', 'now-1h', NOW);
    expect(bad).toBe('from');
    expect(range).toMatchObject({ from: 'now-1h', fromMs: NOW - 3_600_000 });
  });

  it('does not take a range that ends before it begins', () => {
    expect(resolveRange('now-1h', 'now-2h', 'now-1h', NOW).bad).toBe('until');
  });

  it('is not live where it ends in the past', () => {
    expect(resolveRange('now-2h', 'now-1h', 'now-1h', NOW).range.endsNow).toBe(false);
  });
});

describe('parseTypedMs', () => {
  it('takes a clock time of today and of yesterday as local time', () => {
    const today = new Date(NOW);
    today.setHours(9, 5, 0, 0);
    expect(parseTypedMs('09:05', NOW)).toBe(today.getTime());
    today.setDate(today.getDate() - 1);
    expect(parseTypedMs('yesterday 9:05', NOW)).toBe(today.getTime());
  });

  it('takes a date with time as local time', () => {
    expect(parseTypedMs('2026-11-18 09:00', NOW)).toBe(new Date(2026, 10, 18, 9).getTime());
    expect(parseTypedMs('2026-11-18', NOW)).toBe(new Date(2026, 10, 18).getTime());
  });

  it('takes what a URL takes', () => {
    expect(parseTypedMs('now-15m', NOW)).toBe(NOW - 900_000);
    expect(parseTypedMs('2026-11-18T09:00:00Z', NOW)).toBe(Date.parse('2026-11-18T09:00:00Z'));
  });

  it('takes no other words', () => {
    expect(parseTypedMs('25:00', NOW)).toBeUndefined();
    expect(parseTypedMs('tomorrow', NOW)).toBeUndefined();
  });
});

describe('rangeReaching', () => {
  it('takes the shortest range that reaches back far enough', () => {
    expect(rangeReaching(NOW - 4 * 60_000, NOW)).toBe('now-5m');
    expect(rangeReaching(NOW - 17 * 3_600_000, NOW)).toBe('now-24h');
    expect(rangeReaching(NOW - 90 * 86_400_000, NOW)).toBe('now-30d');
  });
});

describe('rangeName', () => {
  it('names ranges that end now', () => {
    expect(rangeName('now-24h', 'now')).toBe('Last 24\u202fh');
    expect(rangeName('now-15m', 'now')).toBe('Last 15\u202fmin');
    expect(rangeName('now-2h', 'now-1h')).toBeUndefined();
  });
});
