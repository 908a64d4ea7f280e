import { problem } from '../base/problem.ts';

/**
 * Answers as `work` does, unless it takes longer than `limitMs`: then throws queryTimeout. The store may still be busy
 * with it for a while; its own limits end it.
 */
export async function withDeadline<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(problem('queryTimeout', { limitMs })), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
