import { NS_PER_MS, type TimeRange } from '../model/time-range.ts';
import type { ProfileStore, ServiceSummary } from '../store/profile-store.ts';
import type { JudgeThread } from './judge-thread.ts';
import type { Ledger } from './ledger.ts';
import { isSilent, type Seen } from './schedule.ts';

/** What is looked at: the last day, at most so many points a process and type. */
const LOOK_BACK_MS = 86_400_000;
const MAX_POINTS = 400;
/** Clients' clocks may be ahead by what the receiver accepts. */
const CLOCK_AHEAD_MS = 600_000;

export interface EvaluationContext {
  readonly store: Pick<ProfileStore, 'history'>;
  readonly ledger: Ledger;
  readonly thread: JudgeThread;
  readonly now: () => number;
  readonly minAgeMs: number;
  readonly tenant: string;
  /** Ends the reading, and keeps the thread from being started again. */
  readonly signal: AbortSignal;
}

/** One evaluation: from the stored profiles of a service to its findings. Throws what `signal` was aborted with. */
export async function evaluate(
  { name: service, lastSeenNs }: ServiceSummary,
  { store, ledger, thread, now, minAgeMs, tenant, signal }: EvaluationContext,
): Promise<Seen> {
  const history = await store.history({ tenant, service, range: lastDay(now()), maxPoints: MAX_POINTS }, signal);
  signal.throwIfAborted();
  const nowMs = now();
  const leaks = await ledger.leakSites(service);
  const judgement = await thread.judge(history, { minAgeMs, nowMs, leaks });
  await ledger.record(judgement, nowMs);
  return { judgement, lastSeenNs, judgedMs: nowMs, wasSilent: isSilent(lastSeenNs, judgement.stepMs, nowMs) };
}

export function lastDay(nowMs: number): TimeRange {
  return {
    fromNs: BigInt(Math.round(nowMs - LOOK_BACK_MS)) * NS_PER_MS,
    untilNs: BigInt(Math.round(nowMs + CLOCK_AHEAD_MS)) * NS_PER_MS,
  };
}
