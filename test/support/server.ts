import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 20_000;

/** The built program; LEAKSCOPE_DIST names another build folder than dist/. */
export const mainFile = join(
  process.env.LEAKSCOPE_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url)),
  'main.js',
);

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `leakscope serve` of the built program. */
export interface TestServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly directory: string;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Resolves when the process is gone; sends nothing by itself. */
  readonly exited: Promise<Exit>;
  /** SIGTERM (or another signal), then waits for the end; SIGKILL after 20 s. The directory stays. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

export interface ServerOptions {
  /** Data directory; a new temporary one when absent. */
  readonly directory?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Spawns the built server on a free port of 127.0.0.1 and waits until it says that it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const directory = options.directory ?? makeDirectory();
  const args = ['serve', '--http', '127.0.0.1:0', '--data', directory, ...(options.flags ?? [])];
  return whenReady(run([process.execPath, mainFile, ...args], options.env), directory);
}

/**
 * `npm start` in the checkout, which serves dist/ whatever LEAKSCOPE_DIST says; without its `prestart`, which builds. The
 * pid is that of npm.
 */
export async function npmStart(): Promise<TestServer> {
  const directory = makeDirectory();
  const args = ['start', '--ignore-scripts', '--', '--http', '127.0.0.1:0', '--data', directory];
  return whenReady(run(['npm', ...args]), directory);
}

async function whenReady(running: Running, directory: string): Promise<TestServer> {
  const { child, exited, stdout, stderr } = running;
  const url = await readyUrl(running);
  return {
    ...{ url, directory, exited, stdout, stderr },
    pid: child.pid ?? 0,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

/** Runs the built program to its end: for commands that fail or finish by themselves. Killed after 30 s. */
export async function runToExit(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Exit> {
  const { child, exited } = run([process.execPath, mainFile, ...args], env);
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS);
  const exit = await exited;
  clearTimeout(timer);
  return exit;
}

const made: string[] = [];

/** A new temporary directory; `removeDirectories` takes them all away. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'leakscope-test-'));
  made.push(directory);
  return directory;
}

/** For `afterAll`: removes every directory of `makeDirectory`. */
export function removeDirectories(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
}

interface Running {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

function run([command = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  if (!existsSync(mainFile)) throw new Error(`${mainFile} is absent: run \`npm run build\` first`);
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LEAKSCOPE_'));
  const child = spawn(command, args, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, exited, stdout: () => stdout, stderr: () => stderr };
}

function readyUrl({ child, exited, stdout }: Running): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS);
    const look = () => {
      const url = / is ready: (http:\/\/\S+)/.exec(stdout())?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      child.stdout?.off('data', look);
      resolve(url);
    };
    child.stdout?.on('data', look);
    exited.then(
      ({ code, signal, stderr }) => {
        clearTimeout(timer);
        reject(new Error(`the server ended before it was ready (${code ?? signal}): ${stderr}`));
      },
      (error: unknown) => reject(error),
    );
  });
}
