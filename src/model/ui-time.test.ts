import { describe, expect, it } from 'vitest';
import { parseUiTimeMs } from './ui-time.ts';

const NOW = Date.UTC(2026, 10, 23, 14, 0, 0);

describe('parseUiTimeMs', () => {
  it.each([
    ['now', NOW],
    ['now-90s', NOW - 90_000],
    ['now-15m', NOW - 900_000],
    ['now-1h', NOW - 3_600_000],
    ['now-2d', NOW - 172_800_000],
    ['now-1w', NOW - 604_800_000],
    ['1795442400000', 1795442400000],
    ['2026-11-23', Date.UTC(2026, 10, 23)],
    ['2026-11-23T09:30', Date.UTC(2026, 10, 23, 9, 30)],
    ['2026-11-23T09:30:15Z', Date.UTC(2026, 10, 23, 9, 30, 15)],
    ['2026-11-23T09:30:15.250+01:00', Date.UTC(2026, 10, 23, 8, 30, 15, 250)],
  ])('reads %s', (text, ms) => {
    expect(parseUiTimeMs(text, NOW)).toBe(ms);
  });

  it.each([
    '',
    'yesterday',
    'now+1h',
    'now-1',
    'now-1y',
    '-5',
    '1e9',
    '2026-13-01',
    '2026-11-23T25:00Z',
    '99999999999999999',
  ])('refuses %j', (text) => {
    expect(parseUiTimeMs(text, NOW)).toBeUndefined();
  });
});
