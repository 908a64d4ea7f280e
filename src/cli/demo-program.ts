import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ChildProcess, startChild } from './child-process.ts';

const REQUEST_INTERVAL_MS = 200;
const PREFERRED_PORT = 8081;

/** A built example program, in a temporary directory of its own. */
export interface DemoBinary {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Builds an example with the machine's Go, after `onStart`; where that cannot be done, says why. Throws the reason of the
 * signal when that is aborted.
 */
export async function buildExample(
  example: 'go-leak' | 'go-leak-2023',
  signal: AbortSignal,
  onStart: () => void,
): Promise<DemoBinary | { readonly why: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'leakscope-example-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const path = join(directory, example);
    const why = await whyNotBuilt(example, directory, path, signal, onStart);
    signal.throwIfAborted();
    if (why === undefined) return { path, remove };
    await remove();
    return { why };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Undefined when it is built, or when the signal stopped it. */
async function whyNotBuilt(
  example: string,
  directory: string,
  path: string,
  signal: AbortSignal,
  onStart: () => void,
): Promise<string | undefined> {
  const cwd = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url));
  // Its own temporary files stand in ours: it leaves them behind when it is stopped.
  const env = { ...process.env, GOTMPDIR: directory };
  let go: ChildProcess;
  try {
    go = await startChild('go', ['build', '-o', path, '.'], { cwd, env, keepsMessages: true });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'code' in error && error.code === 'ENOENT' ? 'Go is not on this machine' : `cannot run Go: ${error.message}`;
  }
  onStart();
  const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  if (!signal.aborted) await Promise.race([go.exited, stopped]);
  if (signal.aborted) return void (await go.stop());
  const code = await go.exited;
  if (code === 0) return undefined;
  return `\`go build\` failed: ${go.messages().trim().split('\n').at(-1) || `exit code ${code}`}`;
}

/**
 * Runs a built example against the server, with five requests a second, one at a time, until it is stopped.
 * `failed` rejects if the program ends by itself.
 */
export async function runExample(
  path: string,
  flags: { readonly server: string; readonly fixed: boolean },
): Promise<{ readonly url: string; readonly failed: Promise<never>; stop(): Promise<void> }> {
  const address = `127.0.0.1:${await choosePort()}`;
  const args = ['-server', flags.server, '-addr', address, ...(flags.fixed ? ['-fixed'] : [])];
  const child = await startChild(path, args);
  const stopping = new AbortController();
  const load = driveLoad(`http://${address}/`, stopping.signal);
  const failed = child.exited.then((code) => {
    throw new Error(`the example program ended with exit code ${code}`);
  });
  failed.catch(() => {}); // it also ends, rightly, after `stop`
  return {
    url: `http://${address}/`,
    failed,
    async stop() {
      stopping.abort();
      await load;
      await child.stop();
    },
  };
}

async function driveLoad(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A failed request needs no care: the program may not be up yet, and `failed` tells when it has gone.
    await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
    await sleep(REQUEST_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function choosePort(): Promise<number> {
  for (const port of [PREFERRED_PORT, 0]) {
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') continue;
      throw error;
    }
    const bound = probe.address();
    probe.close();
    if (bound !== null && typeof bound === 'object') return bound.port;
  }
  throw new Error('no free port on 127.0.0.1');
}
