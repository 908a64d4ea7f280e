import type { Judgement } from '../model/finding.ts';
import type { ProfileStore, ServiceSummary } from '../store/profile-store.ts';
import { evaluate, lastDay } from './evaluate.ts';
import { createJudgeThread, type JudgeThread } from './judge-thread.ts';
import { createLedger } from './ledger.ts';
import { createLoop } from './loop.ts';
import { type FindingReader, readFindings } from './read-findings.ts';
import { failedOn, nextDue, type Seen } from './schedule.ts';

/** How often to look for findings of services that send nothing any more. */
const GONE_EVERY_MS = 600_000;

export interface JudgeOptions {
  readonly store: Pick<ProfileStore, 'services' | 'history' | 'findings' | 'finding' | 'putFindings'>;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly minAgeMs: number;
  readonly tenant: string;
  /** Where histories are judged; by default a thread of its own, of the built program. */
  readonly thread?: JudgeThread;
  /** Told of everything that went wrong; `service` is undefined for the loop's own reads. The loop goes on. */
  readonly onError?: (error: unknown, service: string | undefined) => void;
}

/** Judges every service in the background, keeps the latest judgements, and writes findings to the ledger. */
export interface Judge extends FindingReader {
  start(): void;
  /** Ends it for good. Breaks off the evaluation under way: it may read and compute for many seconds. */
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
export function createJudge(options: JudgeOptions): Judge {
  const { store, now, tenant, thread = createJudgeThread(), onError } = options;
  const ledger = createLedger(store, tenant);
  const seen = new Map<string, Seen>();
  const stopping = new AbortController();
  let judgedAtMs: number | undefined;
  let lookedForGoneMs = Number.NEGATIVE_INFINITY;
  let failures = 0;
  /** Evaluations run one after the other, whoever asks. */
  let queue: Promise<void> = Promise.resolve();

  const services = (): Promise<readonly ServiceSummary[]> => store.services(tenant, lastDay(now()));

  function enqueue(summary: ServiceSummary): Promise<void> {
    const turn = queue.then(async () => {
      seen.set(summary.name, await evaluate(summary, { ...options, ledger, thread, signal: stopping.signal }));
      judgedAtMs = now();
    });
    queue = turn.catch(() => undefined);
    return turn;
  }

  function failed(error: unknown, service: string | undefined): void {
    // What was broken off has not failed.
    if (stopping.signal.aborted) return;
    failures++;
    onError?.(error, service);
  }

  async function forgetOthers(names: ReadonlySet<string>): Promise<void> {
    for (const name of seen.keys()) if (!names.has(name)) seen.delete(name);
    if (now() - lookedForGoneMs < GONE_EVERY_MS) return;
    lookedForGoneMs = now();
    await ledger.closeGone(names, now());
  }

  async function round(): Promise<boolean> {
    const summaries = await services();
    await forgetOthers(new Set(summaries.map(({ name }) => name)));
    const due = nextDue(summaries, seen, now());
    if (due === undefined) return false;
    await enqueue(due).catch((error: unknown) => {
      failed(error, due.name);
      seen.set(due.name, failedOn(due, seen.get(due.name), now()));
    });
    return true;
  }

  const loop = createLoop(round, (error) => failed(error, undefined));
  return {
    ...readFindings(store, tenant),
    start: loop.start,
    stop: async () => {
      stopping.abort();
      await thread.close();
      await loop.stop();
      await queue;
    },
    judgeNow: async (service) => {
      const wanted = (await services()).filter(({ name }) => service === undefined || name === service);
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
