import type { FastifyRequest } from 'fastify';
import { problem } from '../../base/problem.ts';
import { NS_PER_MS, type TimeRange } from '../../model/time-range.ts';
import { parseUiTimeMs } from '../../model/ui-time.ts';

/** Query parameters of a request. Throws badParameter, badTimeRange, which name the parameter. */
export interface Parameters {
  /** '' where absent. */
  text(name: string): string;
  required(name: string): string;
  /** The value if it is one of `choices`, the first of these where absent. */
  choice<T extends string>(name: string, choices: readonly T[]): T;
  /** `from` and `until` (default `now`), both included. */
  range(defaultFrom: string): TimeRange;
}

export function parametersOf(request: FastifyRequest, nowMs: number): Parameters {
  const values = new URL(request.url, 'http://localhost').searchParams;
  const text = (name: string): string => values.get(name) ?? '';
  const timeMs = (name: string, absent: string): number => {
    const ms = parseUiTimeMs(text(name) || absent, nowMs);
    if (ms === undefined) {
      const why = `\`${text(name)}\` is not a time; write now-1h, ms since the epoch, or ISO 8601`;
      throw problem('badParameter', { name, why });
    }
    return ms;
  };
  return {
    text,
    required(name) {
      if (text(name) === '') throw problem('badParameter', { name, why: 'is missing' });
      return text(name);
    },
    choice(name, choices) {
      if (text(name) === '') return choices[0]!;
      const chosen = choices.find((choice) => choice === text(name));
      if (chosen === undefined) {
        const named = choices.filter((choice) => choice !== '').join(', ');
        throw problem('badParameter', { name, why: `\`${text(name)}\` is not one of ${named}` });
      }
      return chosen;
    },
    range(defaultFrom) {
      const fromMs = timeMs('from', defaultFrom);
      const untilMs = timeMs('until', 'now');
      if (fromMs > untilMs) throw problem('badTimeRange', { why: '`from` is after `until`' });
      return { fromNs: toNs(fromMs), untilNs: toNs(untilMs + 1) - 1n };
    },
  };
}

function toNs(ms: number): bigint {
  return BigInt(Math.floor(ms)) * NS_PER_MS;
}
