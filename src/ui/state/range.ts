import { useMemo } from 'react';
import { tickClock, useNowMs } from './clock.ts';
import { changeQuery, useBadValue, useUrlState } from './url.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

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
 * Instant that `text` names, in ms since the epoch: `now`, `now-<n><s|m|h|d|w>`, epoch s or ms, ISO 8601,
 * `YYYY-MM-DD[ HH:MM]`, `HH:MM` (today) or `yesterday HH:MM`, local time. undefined where it names none.
 */
export function parseInstantMs(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  const relative = /^now(?:-(\d{1,6})([smhdw]))?$/.exec(trimmed);
  if (relative !== null) return nowMs - Number(relative[1] ?? 0) * (UNIT_MS[relative[2] ?? 's'] ?? 0);
  if (/^\d{9,10}$/.test(trimmed)) return Number(trimmed) * 1000;
  if (/^\d{12,14}$/.test(trimmed)) return Number(trimmed);
  const clock = /^(yesterday )?([01]?\d|2[0-3]):([0-5]\d)$/.exec(trimmed);
  if (clock !== null) {
    const day = new Date(nowMs);
    day.setDate(day.getDate() - (clock[1] === undefined ? 0 : 1));
    return day.setHours(Number(clock[2]), Number(clock[3]), 0, 0);
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return undefined;
  // A date without time is UTC to Date.parse, a date with time local: make both local.
  const parsed = Date.parse(trimmed.length === 10 ? `${trimmed}T00:00` : trimmed.replace(' ', 'T'));
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** The page's range: `from` and `until` of the URL, else `defaultFrom` to now. Bad values show a notice. */
export function useRange(defaultFrom: string): Range {
  const nowMs = useNowMs();
  const url = useUrlState();
  const from = url.get('from') ?? defaultFrom;
  const until = url.get('until') ?? 'now';
  const resolved = useMemo(() => resolveRange(from, until, defaultFrom, nowMs), [from, until, defaultFrom, nowMs]);
  const fallback = `showing ${rangeName(defaultFrom, 'now')?.toLowerCase() ?? 'the default range'}`;
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
  const fromMs = parseInstantMs(from, nowMs);
  const untilMs = parseInstantMs(until, nowMs);
  if (fromMs !== undefined && untilMs !== undefined && fromMs < untilMs)
    return { range: { from, until, fromMs, untilMs, endsNow: until === 'now' }, bad: null };
  const range = {
    from: defaultFrom,
    until: 'now',
    fromMs: parseInstantMs(defaultFrom, nowMs) ?? nowMs - 3_600_000,
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
  for (const unit of ['d', 'h', 'm']) {
    const count = lengthMs / (UNIT_MS[unit] ?? 1);
    if (Number.isInteger(count)) return `now-${count}${unit}`;
  }
  return undefined;
}

/** "Last 24 h" for a range relative to now; undefined for others. */
export function rangeName(from: string, until: string): string | undefined {
  const relative = /^now-(\d+)([smhdw])$/.exec(from);
  if (relative === null || until !== 'now') return undefined;
  const unit = relative[2] === 'm' ? 'min' : relative[2];
  return `Last ${relative[1]}\u202f${unit}`;
}
