import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Longest wait for a process to end by itself after SIGTERM; then it is killed. */
const STOP_LIMIT_MS = 15_000;

/** A process that this one started and has to stop. */
export interface ChildProcess {
  /** Resolves when it and its output have ended, with its exit code, or null where a signal ended it. */
  readonly exited: Promise<number | null>;
  /** What it wrote on stderr so far, where that is kept. */
  messages(): string;
  /** Asks it and what it started to end, and waits until it has. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** True keeps its stderr for `messages`; otherwise that goes to ours. */
  readonly keepsMessages?: boolean;
}

/**
 * Starts a program. It has a process group of its own, so that Ctrl-C reaches only us and we stop what we started in the
 * right order; a crash of ours kills it. Throws the system's error where it cannot be started.
 */
export async function startChild(
  command: string,
  args: readonly string[],
  { keepsMessages = false, ...options }: ChildOptions = {},
): Promise<ChildProcess> {
  const stderr = keepsMessages ? 'pipe' : 'inherit';
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', stderr], detached: true });
  let messages = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    messages += text;
  });
  await once(child, 'spawn');
  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid, name);
  };
  const kill = () => signal('SIGKILL');
  process.once('exit', kill);
  const exited = once(child, 'close').then(([code]) => {
    process.off('exit', kill);
    return code as number | null;
  });
  return {
    exited,
    messages: () => messages,
    async stop() {
      signal('SIGTERM');
      const impatience = setTimeout(kill, STOP_LIMIT_MS);
      await exited;
      clearTimeout(impatience);
    },
  };
}

function signalGroup(leader: number | undefined, name: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, name);
  } catch (error) {
    // It ended just now: no such group, or on macOS one of which nobody may be signalled.
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}
