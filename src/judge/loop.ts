import { setTimeout as sleep } from 'node:timers/promises';

/** After work the loop rests this many times what the work took, so that it takes at most a tenth of one core. */
const REST_FACTOR = 9;
/** How often the loop looks for work when there was none. */
const POLL_MS = 1000;

export interface Loop {
  start(): void;
  /** Resolves when the round under way has ended. */
  stop(): Promise<void>;
}

/** Runs `round` again and again at bounded cost; it answers whether it had work. Failures go to `onError`, and it goes on. */
export function createLoop(round: () => Promise<boolean>, onError: (error: unknown) => void): Loop {
  let stopping: AbortController | undefined;
  let running: Promise<void> = Promise.resolve();

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const before = process.cpuUsage();
      const began = performance.now();
      let hasWorked = false;
      try {
        hasWorked = await round();
      } catch (error) {
        onError(error);
      }
      const { user, system } = process.cpuUsage(before);
      const took = { wallMs: performance.now() - began, cpuMs: (user + system) / 1000 };
      await pause(hasWorked ? restOf(took) : Math.max(restOf(took), POLL_MS), signal);
    }
  }

  return {
    start: () => {
      if (stopping !== undefined) return;
      stopping = new AbortController();
      running = run(stopping.signal);
    },
    stop: async () => {
      stopping?.abort();
      await running;
      stopping = undefined;
    },
  };
}

/**
 * ms of rest after a round. On a busy machine most of the time is waiting and costs nothing; CPU time is that of the whole
 * process, and more than the round's where it is busy with other things.
 */
export function restOf(took: { readonly wallMs: number; readonly cpuMs: number }): number {
  return REST_FACTOR * Math.min(took.wallMs, took.cpuMs);
}

/** Resolves after `durationMs`, or at once when aborted: nothing else makes the timer fail. */
function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return sleep(durationMs, undefined, { signal }).catch(() => undefined);
}
