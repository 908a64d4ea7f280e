import { problem } from '../base/problem.ts';

/** Lets at most so many tasks run at once; the others wait in order of arrival. */
export interface Semaphore {
  /**
   * Runs the task when its turn has come. Throws storeBusy when too many wait already, and what `signal` was aborted
   * with if that happens before the turn; a task that has begun is not disturbed.
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
}

/** A semaphore for `permits` tasks at once (at least 1), behind which at most `maxWaiting` wait. */
export function createSemaphore({ permits, maxWaiting }: { permits: number; maxWaiting: number }): Semaphore {
  const waiting = new Set<() => void>();
  const idlers: (() => void)[] = [];
  let running = 0;

  const turn = (signal: AbortSignal | undefined): Promise<void> =>
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
    run: async (task, signal) => {
      signal?.throwIfAborted();
      if (running < permits) running++;
      else if (waiting.size >= maxWaiting) throw problem('storeBusy', { limit: maxWaiting });
      else await turn(signal);
      try {
        return await task();
      } finally {
        release();
      }
    },
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
  };
}
