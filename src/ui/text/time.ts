import { formatDuration, NARROW_SPACE } from '../../base/units.ts';

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * An instant for reading: `14:32` today, `Tue 21:40` within 7 days, `17 Nov` this year (with `clock`: `17 Nov 21:40`),
 * `17 Nov 2026` else. `zone` is an IANA name, undefined for the browser's.
 */
export function formatInstant(
  atMs: number,
  nowMs: number,
  zone: string | undefined,
  options: { readonly seconds?: boolean; readonly clock?: boolean } = {},
): string {
  const clock = part(atMs, zone, options.seconds === true ? 'seconds' : 'clock');
  if (part(atMs, zone, 'date') === part(nowMs, zone, 'date')) return clock;
  if (Math.abs(nowMs - atMs) < 6.5 * DAY_MS) return `${part(atMs, zone, 'weekday')} ${clock}`;
  const day = part(atMs, zone, 'year') === part(nowMs, zone, 'year') ? 'day' : 'date';
  return options.clock === true ? `${part(atMs, zone, day)} ${clock}` : part(atMs, zone, day);
}

/** `17 h ago`; `just now` below 5 s. */
export function formatAgo(atMs: number, nowMs: number): string {
  const ageMs = nowMs - atMs;
  return ageMs < 5000 ? 'just now' : `${formatDuration(ageMs, { units: 1 })} ago`;
}

/** Both ends of a range; the day of the second end is left out where it is that of the first. */
export function formatRange(fromMs: number, untilMs: number, nowMs: number, zone: string | undefined): string {
  const sameDay = part(fromMs, zone, 'date') === part(untilMs, zone, 'date');
  const options = { seconds: untilMs - fromMs < 600_000, clock: true };
  const until = sameDay
    ? part(untilMs, zone, options.seconds ? 'seconds' : 'clock')
    : formatInstant(untilMs, nowMs, zone, options);
  return `${formatInstant(fromMs, nowMs, zone, options)}${sameDay ? '–' : ' – '}${until}`;
}

/** `Local, UTC+1` or `UTC`. */
export function zoneLabel(zone: string | undefined, atMs: number): string {
  if (zone !== undefined) return zone;
  const minutes = -new Date(atMs).getTimezoneOffset();
  if (minutes === 0) return 'Local, UTC';
  const hours = Math.abs(minutes) / 60;
  return `Local, UTC${minutes < 0 ? '−' : '+'}${hours}`.replace('.5', ':30').replace('.75', ':45');
}

/** Label of a tick of a time axis: a clock time; the day in its place at the first tick of a day. */
export function formatTick(
  atMs: number,
  previousMs: number | undefined,
  stepMs: number,
  zone: string | undefined,
): string {
  const isNewDay = previousMs !== undefined && part(previousMs, zone, 'date') !== part(atMs, zone, 'date');
  if (stepMs >= DAY_MS) return part(atMs, zone, 'day');
  if (isNewDay) return `${part(atMs, zone, 'weekday')}${NARROW_SPACE}${part(atMs, zone, 'day')}`;
  return part(atMs, zone, stepMs < 60_000 ? 'seconds' : 'clock');
}

const PARTS = {
  clock: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  weekday: { weekday: 'short' },
  day: { day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

function part(atMs: number, zone: string | undefined, name: keyof typeof PARTS): string {
  const key = `${name} ${zone ?? ''}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { ...PARTS[name], ...(zone === undefined ? {} : { timeZone: zone }) });
    formats.set(key, format);
  }
  return format.format(atMs);
}
