import { problem } from '../base/problem.ts';

/**
 * Answers as `work` does, unless it takes longer than `limitMs`: then throws queryTimeout, and aborts the signal that
 * `work` got. A statement that is under way may still keep the store busy for a while; its own limit ends it.
 */
export async function withDeadline<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const aborting = new AbortController();
  const { signal } = aborting;
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const timer = setTimeout(() => aborting.abort(problem('queryTimeout', { limitMs })), limitMs);
  try {
    return await Promise.race([work(signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
