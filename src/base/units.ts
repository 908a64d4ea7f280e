/**
 * Numbers as text, one function a kind. The UI, the findings' sentences and the CLI all use these, so that one value
 * reads alike everywhere. Three significant digits; a narrow no-break space (U+202F) before units and between
 * thousands; U+2212 for minus; U+2013 between the ends of an interval.
 */

/** Narrow no-break space. */
export const NARROW_SPACE = '\u202f';
const MINUS = '\u2212';
const EN_DASH = '\u2013';
/** What stands where a value is not known. */
export const UNKNOWN = EN_DASH;

/** `trim` drops trailing zeros (sentences, axes, limits); without it all rows of a column keep their digits. */
export interface FormatOptions {
  readonly trim?: boolean;
}

/** Three significant digits without a unit: 8.71, 29.0, 213; from 1000 on whole, with thin spaces. */
export function formatNumber(value: number, options: FormatOptions = {}): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  if (value < 0) return MINUS + formatNumber(-value, options);
  if (value === 0) return '0';
  if (value >= 999.5) return groupThousands(Math.round(value));
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(value)));
  // Rounding may carry into the next power of ten (9.996 -> 10.00): ask again with the rounded value.
  const rounded = Number(value.toFixed(Math.min(decimals, 12)));
  const kept = rounded === 0 ? 12 : Math.max(0, 2 - Math.floor(Math.log10(rounded)));
  const text = rounded.toFixed(Math.min(kept, 12));
  return options.trim && text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** IEC sizes, base 1024: 102 KiB, 8.71 GiB; whole bytes below 1000 B. */
export function formatBytes(sizeBytes: number, options: FormatOptions = {}): string {
  if (!Number.isFinite(sizeBytes)) return UNKNOWN;
  if (sizeBytes < 0) return MINUS + formatBytes(-sizeBytes, options);
  let value = sizeBytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const text = unit === 0 ? String(Math.round(value)) : formatNumber(value, options);
  return text + NARROW_SPACE + BYTE_UNITS[unit];
}

/** Counts in cells: written out to 9 999, then 23.5 k, 1.28 M, 4.10 G. Fractions below 100 keep three digits. */
export function formatCount(count: number, options: FormatOptions = {}): string {
  if (!Number.isFinite(count)) return UNKNOWN;
  if (count < 0) return MINUS + formatCount(-count, options);
  if (count < 100 && !Number.isInteger(count)) return formatNumber(count, options);
  if (count < 9999.5) return groupThousands(Math.round(count));
  const [divisor, unit] = count < 999_500 ? [1e3, 'k'] : count < 999.5e6 ? [1e6, 'M'] : [1e9, 'G'];
  return formatNumber(count / divisor, options) + NARROW_SPACE + unit;
}

/** Counts in sentences, written out: 22 762. */
export function formatExactCount(count: number): string {
  if (!Number.isFinite(count)) return UNKNOWN;
  return count < 0 ? MINUS + groupThousands(Math.round(-count)) : groupThousands(Math.round(count));
}

const TIME_UNITS = [
  { seconds: 1, short: 's', long: 'second' },
  { seconds: 60, short: 'min', long: 'minute' },
  { seconds: 3600, short: 'h', long: 'hour' },
  { seconds: 86_400, short: 'd', long: 'day' },
] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** The unit of time in which a rate is at least 1 (days where none is), so that it lies between 0.1 and 1000. */
export function timeUnitOf(perSecond: number): TimeUnit {
  const magnitude = Math.abs(perSecond);
  // 0.9995: what would round to 1.00 belongs to the shorter unit.
  return TIME_UNITS.find((unit) => magnitude * unit.seconds >= 0.9995) ?? TIME_UNITS[3];
}

/** Rate of events: 1.20/s, 38.0/h. Pass `unit` to keep one unit in a column. */
export function formatRate(perSecond: number, options: FormatOptions & { readonly unit?: TimeUnit } = {}): string {
  if (!Number.isFinite(perSecond)) return UNKNOWN;
  if (perSecond === 0) return `0/${(options.unit ?? TIME_UNITS[0]).short}`;
  const unit = options.unit ?? timeUnitOf(perSecond);
  return `${formatNumber(perSecond * unit.seconds, options)}/${unit.short}`;
}

const MIB = 1_048_576;

/** Memory growth: per hour, per day below 1 MiB/h: 431 MiB/h, 12.0 MiB/d. */
export function formatByteRate(bytesPerSecond: number, options: FormatOptions = {}): string {
  if (!Number.isFinite(bytesPerSecond)) return UNKNOWN;
  const perHour = bytesPerSecond * 3600;
  if (perHour === 0) return `${formatBytes(0)}/h`;
  return Math.abs(perHour) >= MIB ? `${formatBytes(perHour, options)}/h` : `${formatBytes(perHour * 24, options)}/d`;
}

/** A rate with its sign, for growth: `signed(x, formatByteRate)` -> +431 MiB/h, −3.20/s. */
export function formatSigned(
  value: number,
  format: (value: number, options?: FormatOptions) => string,
  options: FormatOptions = {},
): string {
  return value > 0 ? `+${format(value, options)}` : format(value, options);
}

/**
 * Growth with its interval: `0 ± 0.4 MiB/h` where the interval contains 0, else the signed value.
 * `format` takes the value in its base unit.
 */
export function formatGrowth(
  growth: { readonly value: number; readonly low: number; readonly high: number },
  format: (value: number, options?: FormatOptions) => string,
): string {
  if (growth.low === 0 && growth.high === 0) return '0';
  if (growth.low > 0 || growth.high < 0) return formatSigned(growth.value, format);
  return `0 ± ${format(Math.max(-growth.low, growth.high))}`;
}

/** `low–high`; the unit stands once where both ends share it: 90–124 KiB, 1.17–1.24/s, 0.9 KiB–1.2 MiB. */
export function formatInterval(low: number, high: number, format: (value: number) => string): string {
  const first = format(low);
  const last = format(high);
  const unit = /[^\d.\u202f]*$/.exec(last)?.[0] ?? '';
  const shared = unit !== '' && first.endsWith(unit) ? first.slice(0, -unit.length).replace(/\u202f$/, '') : first;
  return shared + EN_DASH + last;
}

/** A share as percent: 14.8 %; `sentence` drops the decimal from 10 on: 60 %. Never 0.0 % for something. */
export function formatPercent(share: number, options: { readonly sentence?: boolean } = {}): string {
  if (!Number.isFinite(share)) return UNKNOWN;
  if (share < 0) return MINUS + formatPercent(-share, options);
  const percent = share * 100;
  if (percent === 0) return `0${NARROW_SPACE}%`;
  if (percent < 0.1) return `<${NARROW_SPACE}0.1${NARROW_SPACE}%`;
  const whole = percent >= 999.5 || (options.sentence === true && percent >= 9.95);
  const digits = whole ? groupThousands(Math.round(percent)) : percent.toFixed(1);
  return `${digits}${NARROW_SPACE}%`;
}

/** Absolute change, then percent of `before` in brackets; a factor above +999 %: +1.92 GiB (+167 %), +13.0 GiB (×14). */
export function formatChange(before: number, after: number, format: (value: number) => string): string {
  const change = after - before;
  const absolute = formatSigned(change, format);
  if (before <= 0 || change === 0) return absolute;
  const share = change / before;
  const relative =
    share > 9.99 ? `×${formatNumber(after / before, { trim: true })}` : formatSigned(share, percentInSentence);
  return `${absolute} (${relative})`;
}

/**
 * Two units at most: 38 ms, 12 s, 6 min 20 s, 5 h 31 min, 4 d. Seconds are given up to 10 min. `units: 1` rounds down
 * to the largest unit, for ages in prose.
 */
export function formatDuration(durationMs: number, options: { readonly units?: 1 | 2 } = {}): string {
  if (!Number.isFinite(durationMs)) return UNKNOWN;
  if (durationMs < 0) return MINUS + formatDuration(-durationMs, options);
  if (durationMs < 999.5) return `${formatNumber(durationMs, { trim: true })}${NARROW_SPACE}ms`;
  if (durationMs < 9950 && options.units !== 1)
    return `${(durationMs / 1000).toFixed(1).replace(/\.0$/, '')}${NARROW_SPACE}s`;
  if (options.units === 1) return wholeUnits(Math.floor(durationMs / 1000), 1);
  // Round to the finer of the two units that will stand, so that 59 min 59.8 s reads 1 h.
  const minutes = durationMs / 60_000;
  const grainS = minutes < 10 ? 1 : minutes < 1440 ? 60 : 3600;
  return wholeUnits(Math.round(durationMs / 1000 / grainS) * grainS, 2);
}

/** CPU time in seconds, below one in ms: 51.2 s. */
export function formatCpu(durationNs: number, options: FormatOptions = {}): string {
  const seconds = durationNs / 1e9;
  return seconds < 0.9995
    ? `${formatNumber(durationNs / 1e6, { ...options, trim: true })}${NARROW_SPACE}ms`
    : `${formatNumber(seconds, options)}${NARROW_SPACE}s`;
}

/** CPU time per second as cores: 1.42 cores. */
export function formatCores(nsPerSecond: number, options: FormatOptions = {}): string {
  return `${formatNumber(nsPerSecond / 1e9, options)}${NARROW_SPACE}cores`;
}

/** A value in its pprof unit: `bytes`, `nanoseconds`, else a count. */
export function formatValue(value: number, unit: string, options: FormatOptions = {}): string {
  if (unit === 'bytes') return formatBytes(value, options);
  if (unit === 'nanoseconds') return formatCpu(value, options);
  return formatCount(value, options);
}

function percentInSentence(share: number): string {
  return formatPercent(share, { sentence: true });
}

function wholeUnits(seconds: number, units: 1 | 2): string {
  const largest = TIME_UNITS.findLast((unit) => seconds >= unit.seconds) ?? TIME_UNITS[0];
  const count = Math.floor(seconds / largest.seconds);
  const text = count + NARROW_SPACE + largest.short;
  const finer = TIME_UNITS[TIME_UNITS.indexOf(largest) - 1];
  const rest = finer === undefined ? 0 : Math.floor((seconds - count * largest.seconds) / finer.seconds);
  return units === 1 || finer === undefined || rest === 0 ? text : `${text} ${rest}${NARROW_SPACE}${finer.short}`;
}

function groupThousands(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
}
