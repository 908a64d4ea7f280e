import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { problem } from '../base/problem.ts';
import { type DecodeAnswer, openAnswer } from './decode-message.ts';
import type { DecodedUpload, DecodeJob } from './decode-upload.ts';

/** Turns bodies into uploads. */
export interface Decoder {
  decode(job: DecodeJob): Promise<{ readonly upload: DecodedUpload | undefined; readonly elapsedMs: number }>;
  /** Ends it; jobs that are not done fail. */
  close(): Promise<void>;
}

const MIN_WORKERS = 2;
const MAX_WORKERS = 4;
/** Bodies above this may take seconds; one thread is never given any, so that the others' uploads go on. */
const HEAVY_BODY_BYTES = 1024 * 1024;
/** Heap of a thread: a hostile profile ends its thread, not the server. */
const WORKER_HEAP_MIB = 1024;
/** A profile's objects die with it; with the default young generation many would be moved to the old one first. */
const WORKER_YOUNG_MIB = 32;

interface Pending {
  readonly job: DecodeJob;
  /** Of the body, which is no longer here once a thread has it. */
  readonly sizeBytes: number;
  readonly resolve: (decoded: { upload: DecodedUpload | undefined; elapsedMs: number }) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Decodes in worker threads, one job a thread at a time, first come first served, but heavy bodies (over 1 MiB) never
 * take the last thread. What waits is bounded by admission.
 * A thread that dies fails its job (decodeOutOfMemory where that was why) and is replaced. Threads start on demand.
 */
export function createDecodePool(
  options: { readonly workers?: number; readonly createWorker?: () => Worker } = {},
): Decoder {
  const size = options.workers ?? Math.max(MIN_WORKERS, Math.min(MAX_WORKERS, availableParallelism()));
  const createWorker = options.createWorker ?? startWorker;
  const waiting: Pending[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Pending>();
  let closed = false;

  const start = (): Worker => {
    const worker = createWorker();
    let failure: unknown;
    worker.on('message', (answer: DecodeAnswer) => {
      const pending = busy.get(worker);
      busy.delete(worker);
      idle.push(worker);
      dispatch();
      settle(pending, answer);
    });
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', (code) => {
      const pending = busy.get(worker);
      busy.delete(worker);
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
      pending?.reject(exitFailure(failure, code));
      dispatch();
    });
    return worker;
  };
  const takeNext = (): Pending | undefined => {
    if (closed || busy.size === size) return undefined;
    const heavy = [...busy.values()].filter(isHeavy).length;
    const at = heavy < Math.max(1, size - 1) ? 0 : waiting.findIndex((pending) => !isHeavy(pending));
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  };
  const dispatch = () => {
    for (let pending = takeNext(); pending !== undefined; pending = takeNext()) {
      const worker = idle.pop() ?? start();
      busy.set(worker, pending);
      worker.postMessage(pending.job, [pending.job.body.buffer]);
    }
  };
  return {
    decode: (job) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(problem('notReady', { why: 'stopping' }));
        waiting.push({ job, sizeBytes: job.body.length, resolve, reject });
        dispatch();
      }),
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(problem('notReady', { why: 'stopping' }));
      await Promise.all([...idle, ...busy.keys()].map((worker) => worker.terminate()));
    },
  };
}

function isHeavy({ sizeBytes }: Pending): boolean {
  return sizeBytes > HEAVY_BODY_BYTES;
}

function startWorker(): Worker {
  const worker = new Worker(new URL('./decode-worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MIB, maxYoungGenerationSizeMb: WORKER_YOUNG_MIB },
  });
  worker.unref();
  return worker;
}

function settle(pending: Pending | undefined, answer: DecodeAnswer): void {
  if (pending === undefined) return;
  try {
    pending.resolve(openAnswer(answer));
  } catch (error) {
    pending.reject(error);
  }
}

function exitFailure(failure: unknown, code: number): Error {
  if (failure instanceof Error && 'code' in failure && failure.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return problem('decodeOutOfMemory', { limitMib: WORKER_HEAP_MIB }, failure);
  }
  return new Error(`a decode thread ended with code ${code} in the middle of a profile`, { cause: failure });
}
