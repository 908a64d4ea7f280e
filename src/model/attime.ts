import { NS_PER_S } from './time-range.ts';

const MAX_INT64 = 2n ** 63n - 1n;

/** Seconds per unit, by how the unit begins; the first that fits counts, so `mon` and `M` stand before `m`. */
const UNITS: readonly (readonly [beginning: string, seconds: bigint])[] = [
  ['s', 1n],
  ['mon', 30n * 86_400n],
  ['M', 30n * 86_400n],
  ['m', 60n],
  ['h', 3600n],
  ['d', 86_400n],
  ['w', 7n * 86_400n],
  ['y', 365n * 86_400n],
];

/**
 * Reads a time as Pyroscope clients write it, in ns since the epoch: digits alone are YYYYMMDD (8 digits that are a
 * date, UTC), ms (13), us (16), ns (19), else seconds; all else is `now` with offsets (`now-1h30m`). It never fails:
 * what is not understood is `now`, and an unknown unit adds nothing. Results stay within 64 bits. Spaces, `_` and `,`
 * do not count.
 */
export function parseAttimeNs(text: string, nowNs: bigint): bigint {
  const compact = text.replace(/[\s_,]/g, '');
  if (/^\d+$/.test(compact)) return clamp(parseDigitsNs(compact));
  return clamp(nowNs + parseOffsetNs(compact));
}

function parseDigitsNs(digits: string): bigint {
  switch (digits.length) {
    case 8:
      return parseDateNs(digits) ?? BigInt(digits) * NS_PER_S;
    case 13:
      return BigInt(digits) * 1_000_000n;
    case 16:
      return BigInt(digits) * 1000n;
    default:
      return digits.length < 19 ? BigInt(digits) * NS_PER_S : parseLongNs(digits);
  }
}

/** 19 digits are ns; more are no time, but far in the future. */
function parseLongNs(digits: string): bigint {
  return digits.length === 19 ? BigInt(digits) : MAX_INT64;
}

function parseDateNs(digits: string): bigint | undefined {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number);
  const date = new Date(Date.UTC(year!, month! - 1, day!));
  const isDate = date.getUTCFullYear() === year && date.getUTCMonth() === month! - 1 && date.getUTCDate() === day;
  return isDate && year! > 1900 ? BigInt(date.getTime()) * 1_000_000n : undefined;
}

/** Sum of `<number><unit>` from the first sign on; a sign holds until the next one. */
function parseOffsetNs(text: string): bigint {
  const begin = text.search(/[+-]/);
  if (begin < 0) return 0n;
  let sign = 1n;
  let seconds = 0n;
  for (const [, signText, amount = '', unit = ''] of text.slice(begin).matchAll(/([+-])|(\d{1,18})([a-zA-Z]*)/g)) {
    if (signText !== undefined) sign = signText === '-' ? -1n : 1n;
    else seconds += sign * BigInt(amount) * secondsOf(unit);
  }
  return seconds * NS_PER_S;
}

function secondsOf(unit: string): bigint {
  return UNITS.find(([beginning]) => unit.startsWith(beginning))?.[1] ?? 0n;
}

function clamp(timeNs: bigint): bigint {
  if (timeNs > MAX_INT64) return MAX_INT64;
  return timeNs < 0n ? 0n : timeNs;
}
