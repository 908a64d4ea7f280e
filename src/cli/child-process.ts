import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Longest wait for a process to end by itself after SIGTERM; then it is killed. */
const STOP_LIMIT_MS = 15_000;

/** A process that this one started and has to stop. */
export interface ChildProcess {
  /** Resolves when it has ended, with its exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Asks it to end and waits until it has. */
  stop(): Promise<void>;
}

/**
 * Starts a program with its messages on our stderr. It has a process group of its own, so that Ctrl-C reaches only us
 * and we stop what we started in the right order.
 */
export function startChild(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return {
    exited,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const impatience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
        await exited;
        clearTimeout(impatience);
      }
    },
  };
}
