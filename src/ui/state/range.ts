import { useMemo } from 'react';
import { parseUiTimeMs } from '../../model/ui-time.ts';
import { tickClock, useNowMs } from './clock.ts';
import { changeQuery, useBadValue, useUrlState } from './url.ts';

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const;

/** A range of time as the URL has it, and resolved against the shared clock. */
export interface Range {
  readonly from: string;
  readonly until: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** True where it ends at `now`, so that it can be live. */
  readonly endsNow: boolean;
}

/**
 * What a person types for a time, ms since the epoch: `HH:MM` (today), `yesterday HH:MM`, `YYYY-MM-DD[ HH:MM[:SS]]`, all
 * local, or anything that a URL takes. undefined where it is none of these.
 */
export function parseTypedMs(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  const clock = /^(yesterday )?([01]?\d|2[0-3]):([0-5]\d)$/.exec(trimmed);
  if (clock !== null) {
    const day = new Date(nowMs);
    day.setDate(day.getDate() - (clock[1] === undefined ? 0 : 1));
    return day.setHours(Number(clock[2]), Number(clock[3]), 0, 0);
  }
  const local = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d(?::\d\d)?))?$/.exec(trimmed);
  if (local === null) return parseUiTimeMs(trimmed, nowMs);
  // A date alone is UTC to Date.parse, a date with time is local.
  const parsed = Date.parse(`${local[1]}T${local[2] ?? '00:00'}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The page's range: `from` and `until` of the URL, else `defaultFrom` to now. Bad values show a notice. */
export function useRange(defaultFrom: string): Range {
  const nowMs = useNowMs();
  const url = useUrlState();
  const from = url.get('from') ?? defaultFrom;
  const until = url.get('until') ?? 'now';
  const resolved = useMemo(() => resolveRange(from, until, defaultFrom, nowMs), [from, until, defaultFrom, nowMs]);
  const fallback = `showing ${rangeInWords(defaultFrom)}`;
  useBadValue('from', resolved.bad === 'from' ? from : null, `a time; ${fallback}`);
  useBadValue('until', resolved.bad === 'until' ? until : null, `a time after \`from\`; ${fallback}`);
  return resolved.range;
}

/** Resolves both ends; where one is bad, `bad` names it and the range is the default one. */
export function resolveRange(
  from: string,
  until: string,
  defaultFrom: string,
  nowMs: number,
): { range: Range; bad: 'from' | 'until' | null } {
  const fromMs = parseUiTimeMs(from, nowMs);
  const untilMs = parseUiTimeMs(until, nowMs);
  if (fromMs !== undefined && untilMs !== undefined && fromMs < untilMs)
    return { range: { from, until, fromMs, untilMs, endsNow: until === 'now' }, bad: null };
  const range = {
    from: defaultFrom,
    until: 'now',
    fromMs: parseUiTimeMs(defaultFrom, nowMs) ?? nowMs - 3_600_000,
    untilMs: nowMs,
    endsNow: true,
  };
  return { range, bad: fromMs === undefined ? 'from' : 'until' };
}

/** Writes a range into the URL, with a history entry. Numbers are ms since the epoch. */
export function setRange(from: string | number, until: string | number, defaultFrom?: string): void {
  tickClock();
  changeQuery({
    from: from === defaultFrom && until === 'now' ? null : instantText(from),
    until: until === 'now' ? null : instantText(until),
  });
}

function instantText(instant: string | number): string {
  return typeof instant === 'string' ? instant : String(Math.round(instant));
}

/** The range moved by its own length; `direction` -1 is earlier. The result is absolute. */
export function shiftRange(range: Range, direction: -1 | 1): void {
  const byMs = (range.untilMs - range.fromMs) * direction;
  setRange(range.fromMs + byMs, range.untilMs + byMs);
}

/** Twice as long about the centre, not past now. */
export function zoomOut(range: Range): void {
  const lengthMs = range.untilMs - range.fromMs;
  const name = range.endsNow ? relativeText(lengthMs * 2) : undefined;
  const untilMs = Math.min(range.untilMs + lengthMs / 2, Date.now());
  if (name === undefined) setRange(untilMs - lengthMs * 2, untilMs);
  else setRange(name, 'now');
}

/** The middle half. */
export function zoomIn(range: Range): void {
  const quarterMs = (range.untilMs - range.fromMs) / 4;
  setRange(range.fromMs + quarterMs, range.untilMs - quarterMs);
}

/** `now-<n><unit>` for a length that is a whole number of minutes at least. */
function relativeText(lengthMs: number): string | undefined {
  for (const unit of ['d', 'h', 'm'] as const) {
    const count = lengthMs / UNIT_MS[unit];
    if (Number.isInteger(count)) return `now-${count}${unit}`;
  }
  return undefined;
}

/** The ranges that the picker offers, as `from` of a range that ends now; shortest first. */
export const RANGE_CHOICES: readonly string[] =
  'now-5m now-15m now-1h now-3h now-6h now-24h now-2d now-7d now-30d'.split(' ');

/** The shortest of the ranges on offer that reaches back to `sinceMs`. */
export function rangeReaching(sinceMs: number, nowMs: number): string {
  const reaches = (from: string) => (parseUiTimeMs(from, nowMs) ?? nowMs) <= sinceMs;
  return RANGE_CHOICES.find(reaches) ?? 'now-30d';
}

/** "the last hour", "the last 24 h": a range that ends now, within a sentence. */
function rangeInWords(from: string): string {
  if (from === 'now-1h') return 'the last hour';
  return `the ${rangeName(from, 'now')?.replace('Last', 'last') ?? 'default range'}`;
}

/** "Last 24 h" for a range relative to now; undefined for others. */
export function rangeName(from: string, until: string): string | undefined {
  const relative = /^now-(\d+)([smhdw])$/.exec(from);
  if (relative === null || until !== 'now') return undefined;
  const unit = relative[2] === 'm' ? 'min' : relative[2];
  return `Last ${relative[1]}\u202f${unit}`;
}
