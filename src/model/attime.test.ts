import { expect, it } from 'vitest';
import { parseAttimeNs } from './attime.ts';

const NOW = 1_795_407_094_388_251_697n;
const SECOND = 1_000_000_000n;

it.each([
  ['1795407170', 1_795_407_170n * SECOND],
  ['1795407170123', 1_795_407_170_123_000_000n],
  ['1795407170123456', 1_795_407_170_123_456_000n],
  ['1795407170123456789', 1_795_407_170_123_456_789n],
  ['0', 0n],
  [' 1_795,407 170 ', 1_795_407_170n * SECOND],
])('reads the digits "%s" by their number', (text, expected) => {
  expect(parseAttimeNs(text, NOW)).toBe(expected);
});

it('reads 8 digits as a date in UTC, if they are one', () => {
  expect(parseAttimeNs('20261123', NOW)).toBe(BigInt(Date.UTC(2026, 10, 23)) * 1_000_000n);
  expect(parseAttimeNs('20260231', NOW)).toBe(20_260_231n * SECOND);
  expect(parseAttimeNs('18991231', NOW)).toBe(18_991_231n * SECOND);
});

it.each([
  ['now', 0n],
  ['', 0n],
  ['yesterday', 0n],
  ['1700000000.5', 0n],
  ['now-1h', -3600n],
  ['now-1h30m', -5400n],
  ['now - 2 d', -172_800n],
  ['now+90s', 90n],
  ['now-1h+5min', -3300n],
  ['now-1M', -2_592_000n],
  ['now-1mon', -2_592_000n],
  ['now-2weeks', -1_209_600n],
  ['now-1y', -31_536_000n],
  ['-5m', -300n],
  ['now-5parsecs', 0n],
  ['now-', 0n],
])('reads "%s" against now', (text, seconds) => {
  expect(parseAttimeNs(text, NOW)).toBe(NOW + seconds * SECOND);
});

it('keeps far away times within 64 bits and after the epoch', () => {
  expect(parseAttimeNs('99999999999999999999999999', NOW)).toBe(2n ** 63n - 1n);
  expect(parseAttimeNs('999999999999999999', NOW)).toBe(2n ** 63n - 1n);
  expect(parseAttimeNs('now+999999999999y', NOW)).toBe(2n ** 63n - 1n);
  expect(parseAttimeNs('now-99y', NOW)).toBe(0n);
});
