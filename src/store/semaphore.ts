import { problem } from '../base/problem.ts';

/** Seconds after which a task that was refused may have a place. */
const RETRY_AFTER_SECONDS = 1;

/** Short tasks go ahead of long ones that wait; what runs already goes on. */
export type Lane = 'short' | 'long';

/** Lets at most so many tasks run at once; the others wait, each lane in order of arrival. */
export interface Semaphore {
  /**
   * Runs the task when its turn has come. Throws storeBusy when too many wait already, and what `signal` was aborted
   * with if that happens before the turn; a task that has begun is not disturbed.
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal, lane?: Lane): Promise<T>;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
}

/** A semaphore for `permits` tasks at once (at least 1), behind which at most `maxWaiting` wait in each lane. */
export function createSemaphore({ permits, maxWaiting }: { permits: number; maxWaiting: number }): Semaphore {
  const lanes: Readonly<Record<Lane, Set<() => void>>> = { short: new Set(), long: new Set() };
  const idlers: (() => void)[] = [];
  let running = 0;

  const turn = (waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.delete(begin);
        reject(signal?.reason);
      };
      const begin = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      signal?.addEventListener('abort', leave, { once: true });
      waiting.add(begin);
    });

  const release = (): void => {
    const waiting = lanes.short.size > 0 ? lanes.short : lanes.long;
    const [next] = waiting;
    if (next === undefined) running--;
    else {
      // The permit goes straight to the next in line.
      waiting.delete(next);
      next();
    }
    if (running === 0) for (const resolve of idlers.splice(0)) resolve();
  };

  return {
    run: async (task, signal, lane = 'long') => {
      signal?.throwIfAborted();
      if (running < permits) running++;
      else if (lanes[lane].size >= maxWaiting) {
        throw problem('storeBusy', { limit: maxWaiting, retryAfterSeconds: RETRY_AFTER_SECONDS });
      } else await turn(lanes[lane], signal);
      try {
        return await task();
      } finally {
        release();
      }
    },
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
  };
}
