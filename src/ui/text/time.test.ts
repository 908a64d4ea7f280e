import { describe, expect, it } from 'vitest';
import { formatAgo, formatInstant, formatRange, formatTick } from './time.ts';

const NOW = Date.parse('2026-11-18T14:32:00Z');
const at = (iso: string) => Date.parse(iso);

describe('formatInstant', () => {
  it('is a clock time today', () => {
    expect(formatInstant(at('2026-11-18T09:05:00Z'), NOW, 'UTC')).toBe('09:05');
  });

  it('adds the weekday within a week', () => {
    expect(formatInstant(at('2026-11-17T21:40:00Z'), NOW, 'UTC')).toBe('Tue 21:40');
  });

  it('is a day this year and a date before', () => {
    expect(formatInstant(at('2026-03-02T08:00:00Z'), NOW, 'UTC')).toBe('2 Mar');
    expect(formatInstant(at('2025-03-02T08:00:00Z'), NOW, 'UTC')).toBe('2 Mar 2025');
    expect(formatInstant(at('2026-03-02T08:00:00Z'), NOW, 'UTC', { clock: true })).toBe('2 Mar 08:00');
  });

  it('follows the zone', () => {
    expect(formatInstant(at('2026-11-18T00:30:00Z'), NOW, 'America/New_York')).toBe('Tue 19:30');
  });
});

describe('formatRange', () => {
  it('says the day once', () => {
    expect(formatRange(at('2026-11-17T14:00:00Z'), at('2026-11-17T15:00:00Z'), NOW, 'UTC')).toBe('Tue 14:00–15:00');
    expect(formatRange(at('2026-11-17T14:32:00Z'), NOW, NOW, 'UTC')).toBe('Tue 14:32 – 14:32');
  });
});

describe('formatAgo', () => {
  it('has one unit and no zero', () => {
    expect(formatAgo(NOW - 17.5 * 3_600_000, NOW)).toBe('17\u202fh ago');
    expect(formatAgo(NOW - 1000, NOW)).toBe('just now');
  });
});

describe('formatTick', () => {
  it('shows the day at the first tick of a day', () => {
    const midnight = at('2026-11-18T00:00:00Z');
    expect(formatTick(midnight, midnight - 10_800_000, 10_800_000, 'UTC')).toBe('Wed\u202f18 Nov');
    expect(formatTick(midnight + 10_800_000, midnight, 10_800_000, 'UTC')).toBe('03:00');
  });
});
