import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { problem } from '../base/problem.ts';

/** A held directory; `release` gives it up. */
export interface DirectoryLock {
  release(): void;
}

const FILE = 'leakscope.lock';
/** A lock file without a legible holder is one that is being written, unless it is older than this. */
const WRITING_MS = 10_000;

/**
 * Makes the directory if needed and takes it for this process. Throws dataDirectory if it cannot be written,
 * dataDirectoryHeld if a living process holds it.
 *
 * The lock is a file made with O_EXCL that names its holder by pid and start time. A holder that was killed leaves it
 * behind; its pid is then dead, or belongs to a process that started at another time, and the file is replaced. Should
 * two processes replace it at once, or sit in containers that cannot see each other's pids, the engine's own kernel
 * lock on its `status` file stops the second: this file is there to say who holds the directory.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, FILE);
  try {
    makeDirectory(resolve(directory));
    if (!take(path)) {
      const holder = livingHolder(path);
      if (holder !== undefined) throw problem('dataDirectoryHeld', { path: directory, holder });
      rmSync(path, { force: true });
      if (!take(path)) throw problem('dataDirectoryHeld', { path: directory, holder: 'a process that just started' });
    }
  } catch (error) {
    throw directoryProblem(directory, error);
  }
  return { release: () => rmSync(path, { force: true }) };
}

/** The problem for the engine's refusal to open a directory that `lockDirectory` gave us; it does not say why. */
export function engineRefusal(directory: string, error: unknown): unknown {
  const pid = statusPid(join(directory, 'status'));
  if (pid !== undefined && pid !== process.pid && startOf(pid) !== undefined) {
    return problem('dataDirectoryHeld', { path: directory, holder: `pid ${pid}` }, error);
  }
  const why = error instanceof Error ? error.message : String(error);
  return problem('dataDirectory', { path: directory, why: `the storage engine refuses it: ${why}` }, error);
}

/** Not mkdirSync's `recursive`: it never returns where the system answers ENOENT below an existing parent (/proc). */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  mkdirSync(path);
}

function take(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid} ${startOf(process.pid) ?? ''}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Who holds the lock, for a message; undefined if nobody does any more. */
function livingHolder(path: string): string | undefined {
  let text: string;
  let ageMs: number;
  try {
    text = readFileSync(path, 'utf8');
    ageMs = Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const match = /^(\d+) (.*)\n$/.exec(text);
  if (match === null) return ageMs < WRITING_MS ? 'a process that is starting' : undefined;
  const [, pid, started] = match;
  return startOf(Number(pid)) === started ? `pid ${pid}` : undefined;
}

/**
 * When a living process started, so that a later one with its pid is told apart: boot and clock ticks since it on
 * Linux, '' where the system does not tell; undefined if the process is dead.
 */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  if (process.platform !== 'linux') return '';
  const stat = readIfThere(`/proc/${pid}/stat`);
  const boot = readIfThere('/proc/sys/kernel/random/boot_id')?.trim();
  if (stat === undefined || boot === undefined) return '';
  // The process's name stands in brackets and may itself hold spaces; the start is field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === 'Z' ? undefined : `${boot}-${fields[19]}`;
}

function statusPid(path: string): number | undefined {
  const match = /^PID: (\d+)/m.exec(readIfThere(path) ?? '');
  return match === null ? undefined : Number(match[1]);
}

/** Text of a file, undefined if it cannot be read: what it tells is then simply not known. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Failures of the file system, as a problem; all else unchanged. */
function directoryProblem(directory: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const why = typeof code === 'string' ? REASONS[code] : undefined;
  return why === undefined ? error : problem('dataDirectory', { path: directory, why: `${why} (${code})` }, error);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission to write there',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file, not a directory',
  EISDIR: 'its lock file is a directory',
  ENOENT: 'the path cannot be made',
  ENAMETOOLONG: 'the path is too long',
  ELOOP: 'too many symbolic links',
  EIO: 'input/output error',
};
