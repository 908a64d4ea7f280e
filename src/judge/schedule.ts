import type { ServiceJudgement } from '../analysis/leaks/judge-service.ts';
import { NS_PER_MS } from '../model/time-range.ts';
import type { ServiceSummary } from '../store/profile-store.ts';

/** A service is judged again after two of its own steps, within these bounds. */
const STEPS_BETWEEN = 2;
const MIN_INTERVAL_MS = 2000;
const MAX_INTERVAL_MS = 60_000;
/** A service without new profiles for so many steps, and at least so long, is judged once more: it is silent. */
const SILENT_STEPS = 3;
const SILENT_MS = 15_000;

/** The latest judgement of a service, and what it saw. */
export interface Seen {
  readonly judgement: ServiceJudgement;
  /** Newest profile that the judgement saw. */
  readonly lastSeenNs: bigint;
  readonly judgedMs: number;
  readonly wasSilent: boolean;
}

/** The service that waits longest, of those with new data (or newly silent) whose interval has passed. */
export function nextDue(
  summaries: readonly ServiceSummary[],
  seen: ReadonlyMap<string, Seen>,
  nowMs: number,
): ServiceSummary | undefined {
  const due = summaries.filter((summary) => {
    const last = seen.get(summary.name);
    if (last === undefined) return true;
    const { stepMs } = last.judgement;
    if (nowMs - last.judgedMs < Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, STEPS_BETWEEN * stepMs)))
      return false;
    return summary.lastSeenNs > last.lastSeenNs || (!last.wasSilent && isSilent(summary.lastSeenNs, stepMs, nowMs));
  });
  const waitsSince = (summary: ServiceSummary) => seen.get(summary.name)?.judgedMs ?? 0;
  return due.sort((a, b) => waitsSince(a) - waitsSince(b))[0];
}

/** True where no profile came for long enough to say so. */
export function isSilent(lastSeenNs: bigint, stepMs: number, nowMs: number): boolean {
  return nowMs - Number(lastSeenNs / NS_PER_MS) > Math.max(SILENT_STEPS * stepMs, SILENT_MS);
}

/** What stands for a service whose evaluation failed: the last known judgement, tried again after its interval. */
export function failedOn({ name, lastSeenNs }: ServiceSummary, last: Seen | undefined, nowMs: number): Seen {
  const unknown: ServiceJudgement = {
    service: name,
    verdict: 'nodata',
    note: 'Could not be judged; the log says why.',
    isSilent: false,
    incidents: [],
    ruledOut: new Map(),
    stepMs: MAX_INTERVAL_MS,
  };
  // One less, so that the same data count as new.
  return { judgement: last?.judgement ?? unknown, lastSeenNs: lastSeenNs - 1n, judgedMs: nowMs, wasSilent: false };
}
