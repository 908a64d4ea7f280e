import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startChild } from './child-process.ts';

const REQUEST_INTERVAL_MS = 200;
const PREFERRED_PORT = 8081;

/** A built example program, in a temporary directory of its own. */
export interface DemoBinary {
  readonly path: string;
  remove(): Promise<void>;
}

/** Builds an example with the machine's Go; where that cannot be done, says why. */
export async function buildExample(
  example: 'go-leak' | 'go-leak-2023',
  signal: AbortSignal,
): Promise<DemoBinary | { readonly why: string }> {
  const source = fileURLToPath(new URL(`../../examples/${example}`, import.meta.url));
  const directory = await mkdtemp(join(tmpdir(), 'leakscope-example-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const path = join(directory, example);
  try {
    await promisify(execFile)('go', ['build', '-o', path, '.'], { cwd: source, signal });
    return { path, remove };
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    return { why: whyNotBuilt(error) };
  }
}

function whyNotBuilt(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'Go is not on this machine';
  const output = 'stderr' in error ? String(error.stderr).trim() : '';
  return `\`go build\` failed: ${output.split('\n').at(-1) || error.message}`;
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
  const child = startChild(path, args);
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
