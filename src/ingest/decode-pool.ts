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

const MAX_WORKERS = 4;
/** Heap of a thread: a hostile profile ends its thread, not the server. */
const WORKER_HEAP_MIB = 1024;
/** A profile's objects die with it; with the default young generation many would be moved to the old one first. */
const WORKER_YOUNG_MIB = 32;

interface Pending {
  readonly job: DecodeJob;
  readonly resolve: (decoded: { upload: DecodedUpload | undefined; elapsedMs: number }) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Decodes in worker threads, one job a thread at a time, first come first served. What waits is bounded by admission.
 * A thread that dies fails its job (decodeOutOfMemory where that was why) and is replaced. Threads start on demand.
 */
export function createDecodePool(
  options: { readonly workers?: number; readonly createWorker?: () => Worker } = {},
): Decoder {
  const size = options.workers ?? Math.max(1, Math.min(MAX_WORKERS, availableParallelism() - 1));
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
  const dispatch = () => {
    while (!closed && waiting.length > 0 && busy.size < size) {
      const worker = idle.pop() ?? start();
      const pending = waiting.shift() as Pending;
      busy.set(worker, pending);
      worker.postMessage(pending.job, [pending.job.body.buffer]);
    }
  };
  return {
    decode: (job) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(problem('notReady', { why: 'stopping' }));
        waiting.push({ job, resolve, reject });
        dispatch();
      }),
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(problem('notReady', { why: 'stopping' }));
      await Promise.all([...idle, ...busy.keys()].map((worker) => worker.terminate()));
    },
  };
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
