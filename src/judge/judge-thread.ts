import { Worker } from 'node:worker_threads';
import type { JudgeOptions, ServiceJudgement } from '../analysis/leaks/judge-service.ts';
import type { ServiceHistory, StackHistory } from '../model/history.ts';

/** Judges histories away from the event loop: a large service takes seconds of computing. */
export interface JudgeThread {
  /** One at a time. Uses the history up: its arrays move to the thread. Rejects with what ended the thread. */
  judge(history: ServiceHistory, options: JudgeOptions): Promise<ServiceJudgement>;
  /** Ends the thread; what it is at fails. */
  close(): Promise<void>;
}

export interface JudgeJob {
  readonly history: ServiceHistory;
  readonly options: JudgeOptions;
}

/** Heap of the thread; the values of a history are outside of it. */
const HEAP_MIB = 1024;

interface Pending {
  readonly resolve: (judgement: ServiceJudgement) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread, started on demand. One that dies fails its history and is replaced by the next. */
export function createJudgeThread(createWorker: () => Worker = startWorker): JudgeThread {
  let worker: Worker | undefined;
  let pending: Pending | undefined;

  const settle = (end: (pending: Pending) => void): void => {
    const ended = pending;
    pending = undefined;
    if (ended !== undefined) end(ended);
  };
  const start = (): Worker => {
    const started = createWorker();
    const died = (error: unknown): void => {
      // The exit that follows an error must not hit the thread that came after.
      if (worker !== started) return;
      worker = undefined;
      settle(({ reject }) => reject(error));
    };
    started.on('message', (judgement: ServiceJudgement) => settle(({ resolve }) => resolve(judgement)));
    started.on('error', died);
    started.on('exit', (code) => died(new Error(`the judging thread ended with code ${code}`)));
    return started;
  };

  return {
    judge: (history, options) =>
      new Promise((resolve, reject) => {
        worker ??= start();
        pending = { resolve, reject };
        const job: JudgeJob = { history, options };
        worker.postMessage(job, buffersOf(history));
      }),
    close: async () => {
      await worker?.terminate();
    },
  };
}

function startWorker(): Worker {
  const worker = new Worker(new URL('./judge-worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  worker.unref();
  return worker;
}

/** Each once: columns may be views of one buffer. */
function buffersOf({ segments }: ServiceHistory): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { goroutines, goroutineLeaks, inuseSpace, inuseObjects, allocSpace } of segments) {
    for (const of of [goroutines, goroutineLeaks, inuseSpace, inuseObjects, allocSpace]) {
      for (const array of arraysOf(of)) buffers.add(array.buffer as ArrayBuffer);
    }
  }
  return [...buffers];
}

function arraysOf(history: StackHistory | null): readonly Float64Array[] {
  if (history === null) return [];
  return [history.timesS, history.coveredS, history.totals, ...history.byStack.values()];
}
