/** Lets at most `width` tasks run at once; the others wait in order of arrival. */
export interface Gate {
  run<T>(task: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
}

/** A gate for `width` tasks (at least 1); it has no limit on how many wait, callers bound that. */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  const idlers: (() => void)[] = [];
  let running = 0;

  const leave = (): void => {
    const next = waiting.shift();
    // The place goes straight to the next in line.
    if (next !== undefined) next();
    else running--;
    if (running === 0) for (const resolve of idlers.splice(0)) resolve();
  };

  return {
    run: async (task) => {
      if (running < width) running++;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        leave();
      }
    },
    idle: () => (running === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
  };
}
