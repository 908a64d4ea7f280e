import { judgeService } from '../analysis/leaks/judge-service.ts';
import type { Judgement } from '../model/finding.ts';
import { NS_PER_MS, type TimeRange } from '../model/time-range.ts';
import type { ProfileStore, ServiceSummary } from '../store/profile-store.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { createLoop } from './loop.ts';
import { failedOn, isSilent, nextDue, type Seen } from './schedule.ts';

/** What is looked at: the last day, at most so many points a process and type. */
const LOOK_BACK_MS = 86_400_000;
const MAX_POINTS = 400;
/** Clients' clocks may be ahead by what the receiver accepts. */
const CLOCK_AHEAD_MS = 600_000;

export interface JudgeOptions {
  readonly store: Pick<ProfileStore, 'services' | 'history' | 'findings' | 'putFindings'>;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly minAgeMs: number;
  readonly tenant: string;
  /** Told of everything that went wrong; `service` is undefined for the loop's own reads. The loop goes on. */
  readonly onError?: (error: unknown, service: string | undefined) => void;
}

/** Judges every service in the background, keeps the latest judgements, and writes findings to the ledger. */
export interface Judge {
  start(): void;
  /** Resolves when the evaluation under way has ended. */
  stop(): Promise<void>;
  /** Judges one service, or all with profiles in the last day, at once. Throws what the store throws. */
  judgeNow(service?: string): Promise<void>;
  judgementOf(service: string): Judgement | undefined;
  /** End of the latest evaluation, ms since the epoch. */
  readonly judgedAtMs: number | undefined;
  /** Evaluations that failed since the start. */
  readonly failures: number;
}

/** A judge at rest; `start` sets it to work. */
export function createJudge({ store, now, minAgeMs, tenant, onError }: JudgeOptions): Judge {
  const seen = new Map<string, Seen>();
  let ledger: Promise<Ledger> | undefined;
  let judgedAtMs: number | undefined;
  let failures = 0;
  /** Evaluations run one after the other, whoever asks. */
  let queue: Promise<void> = Promise.resolve();

  async function evaluate({ name, lastSeenNs }: ServiceSummary): Promise<void> {
    const history = await store.history({ tenant, service: name, range: rangeAt(now()), maxPoints: MAX_POINTS });
    const nowMs = now();
    const judgement = judgeService(history, { minAgeMs, nowMs });
    // An opening that failed must not stay: the next evaluation tries again.
    ledger ??= openLedger(store, tenant).catch((error: unknown) => {
      ledger = undefined;
      throw error;
    });
    await (await ledger).record(judgement, nowMs);
    const wasSilent = isSilent(lastSeenNs, judgement.stepMs, nowMs);
    seen.set(name, { judgement, lastSeenNs, judgedMs: nowMs, wasSilent });
    judgedAtMs = now();
  }

  function enqueue(summary: ServiceSummary): Promise<void> {
    const turn = queue.then(() => evaluate(summary));
    queue = turn.catch(() => undefined);
    return turn;
  }

  function failed(error: unknown, service: string | undefined): void {
    failures++;
    onError?.(error, service);
  }

  async function round(): Promise<boolean> {
    const summaries = await store.services(tenant, rangeAt(now()));
    const names = new Set(summaries.map((summary) => summary.name));
    for (const name of seen.keys()) if (!names.has(name)) seen.delete(name);
    const due = nextDue(summaries, seen, now());
    if (due === undefined) return false;
    try {
      await enqueue(due);
    } catch (error) {
      failed(error, due.name);
      seen.set(due.name, failedOn(due, seen.get(due.name), now()));
    }
    return true;
  }

  const loop = createLoop(round, (error) => failed(error, undefined));
  return {
    start: () => loop.start(),
    stop: async () => {
      await loop.stop();
      await queue;
    },
    judgeNow: async (service) => {
      const summaries = await store.services(tenant, rangeAt(now()));
      const wanted = summaries.filter((summary) => service === undefined || summary.name === service);
      for (const summary of wanted) await enqueue(summary);
    },
    judgementOf: (service) => seen.get(service)?.judgement,
    get judgedAtMs() {
      return judgedAtMs;
    },
    get failures() {
      return failures;
    },
  };
}

function rangeAt(nowMs: number): TimeRange {
  return {
    fromNs: BigInt(Math.round(nowMs - LOOK_BACK_MS)) * NS_PER_MS,
    untilNs: BigInt(Math.round(nowMs + CLOCK_AHEAD_MS)) * NS_PER_MS,
  };
}
