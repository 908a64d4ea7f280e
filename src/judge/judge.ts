import { judgeService, type ServiceJudgement } from '../analysis/leaks/judge-service.ts';
import type { Judgement } from '../model/finding.ts';
import { NS_PER_MS, type TimeRange } from '../model/time-range.ts';
import type { ProfileStore, ServiceSummary } from '../store/profile-store.ts';
import { type Ledger, openLedger } from './ledger.ts';

/** What is looked at: the last day, at most so many points a process and type. */
const LOOK_BACK_MS = 86_400_000;
const MAX_POINTS = 400;
/** Clients' clocks may be ahead by what the receiver accepts. */
const CLOCK_AHEAD_MS = 600_000;
/** After work the loop rests this many times as long, so that it takes at most a tenth of one core. */
const REST_FACTOR = 9;
/** A service is judged again after two of its own steps, within these bounds. */
const STEPS_BETWEEN = 2;
const MIN_INTERVAL_MS = 2000;
const MAX_INTERVAL_MS = 60_000;
/** How often the loop looks for new data. */
const POLL_MS = 1000;
/** A service without new profiles for so many steps, and at least so long, is judged once more: it is silent. */
const SILENT_STEPS = 3;
const SILENT_MS = 15_000;

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

interface Seen {
  readonly judgement: ServiceJudgement;
  /** Newest profile that the judgement saw. */
  readonly lastSeenNs: bigint;
  readonly judgedMs: number;
  readonly wasSilent: boolean;
}

export function createJudge({ store, now, minAgeMs, tenant, onError }: JudgeOptions): Judge {
  const seen = new Map<string, Seen>();
  let ledger: Promise<Ledger> | undefined;
  let judgedAtMs: number | undefined;
  let failures = 0;
  let stopping: AbortController | undefined;
  let loop: Promise<void> = Promise.resolve();
  /** Evaluations run one after the other, whoever asks. */
  let queue: Promise<void> = Promise.resolve();

  const rangeNow = (): TimeRange => ({
    fromNs: BigInt(Math.round(now() - LOOK_BACK_MS)) * NS_PER_MS,
    untilNs: BigInt(Math.round(now() + CLOCK_AHEAD_MS)) * NS_PER_MS,
  });

  async function evaluate({ name, lastSeenNs }: ServiceSummary): Promise<void> {
    const history = await store.history({ tenant, service: name, range: rangeNow(), maxPoints: MAX_POINTS });
    const nowMs = now();
    const judgement = judgeService(history, { minAgeMs, nowMs });
    ledger ??= openLedger(store, tenant);
    // A failed opening must not stay: the next evaluation tries again.
    ledger.catch(() => {
      ledger = undefined;
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

  /** The service that waits longest, of those with new data (or newly silent) whose interval has passed. */
  function nextDue(summaries: readonly ServiceSummary[]): ServiceSummary | undefined {
    const nowMs = now();
    const due = summaries.filter((summary) => {
      const last = seen.get(summary.name);
      if (last === undefined) return true;
      if (nowMs - last.judgedMs < intervalMs(last.judgement.stepMs)) return false;
      return (
        summary.lastSeenNs > last.lastSeenNs ||
        (!last.wasSilent && isSilent(summary.lastSeenNs, last.judgement.stepMs, nowMs))
      );
    });
    const waitedSince = (summary: ServiceSummary) => seen.get(summary.name)?.judgedMs ?? 0;
    return due.sort((a, b) => waitedSince(a) - waitedSince(b))[0];
  }

  function failed(error: unknown, service: string | undefined): void {
    failures++;
    onError?.(error, service);
  }

  async function round(): Promise<boolean> {
    const summaries = await store.services(tenant, rangeNow());
    const names = new Set(summaries.map((summary) => summary.name));
    for (const name of seen.keys()) if (!names.has(name)) seen.delete(name);
    const due = nextDue(summaries);
    if (due === undefined) return false;
    try {
      await enqueue(due);
    } catch (error) {
      failed(error, due.name);
      postpone(due);
    }
    return true;
  }

  /** A service that cannot be judged waits its interval like others, with what was last known of it. */
  function postpone({ name, lastSeenNs }: ServiceSummary): void {
    const judgement = seen.get(name)?.judgement ?? {
      service: name,
      verdict: 'nodata',
      note: 'Could not be judged; the log says why.',
      incidents: [],
      ruledOut: new Map(),
      stepMs: MAX_INTERVAL_MS,
    };
    // One less: the same data count as new, so that it is tried again.
    seen.set(name, { judgement, lastSeenNs: lastSeenNs - 1n, judgedMs: now(), wasSilent: false });
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const began = performance.now();
      let hasWorked = false;
      try {
        hasWorked = await round();
      } catch (error) {
        failed(error, undefined);
      }
      const rest = REST_FACTOR * (performance.now() - began);
      await pause(hasWorked ? rest : Math.max(rest, POLL_MS), signal);
    }
  }

  return {
    start: () => {
      if (stopping !== undefined) return;
      stopping = new AbortController();
      loop = run(stopping.signal);
    },
    stop: async () => {
      stopping?.abort();
      await loop;
      await queue;
      stopping = undefined;
    },
    judgeNow: async (service) => {
      const summaries = await store.services(tenant, rangeNow());
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

function intervalMs(stepMs: number): number {
  return Math.min(MAX_INTERVAL_MS, Math.max(MIN_INTERVAL_MS, STEPS_BETWEEN * stepMs));
}

function isSilent(lastSeenNs: bigint, stepMs: number, nowMs: number): boolean {
  return nowMs - Number(lastSeenNs / NS_PER_MS) > Math.max(SILENT_STEPS * stepMs, SILENT_MS);
}

/** Resolves after `durationMs`, or at once when aborted. */
function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal.addEventListener('abort', end);
  });
}
