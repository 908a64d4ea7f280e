import { formatInstant } from './time.ts';

const DAY_MS = 86_400_000;
/** How sentences of the server give a time. */
const UTC_CLOCK = /\b([01]\d|2[0-3]):([0-5]\d) UTC\b/g;

/**
 * A sentence of the server with its times of day in the reader's zone, in the words of `formatInstant`: "about 07:03 UTC"
 * becomes "about 08:03". The day, which the sentence leaves out, is the one that brings the time nearest to `nearMs`.
 */
export function localTimes(sentence: string, nearMs: number, nowMs: number, zone: string | undefined): string {
  return sentence.replace(UTC_CLOCK, (_, hours: string, minutes: string) => {
    const sinceMidnightMs = (Number(hours) * 60 + Number(minutes)) * 60_000;
    const atMs = Math.round((nearMs - sinceMidnightMs) / DAY_MS) * DAY_MS + sinceMidnightMs;
    return formatInstant(atMs, nowMs, zone, { clock: true });
  });
}
