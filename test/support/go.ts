import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { makeDirectory } from './server.ts';
import { until } from './until.ts';

const hasGo = spawnSync('go', ['version']).status === 0;

/** False where Go is absent and nobody insists (CI does): then the tests that need it are skipped. */
export const runsGo = hasGo || process.env.CI === 'true';
if (!runsGo) console.warn('Skipped, since Go is not on this machine: tests with the real SDKs.');

/** Builds examples/<name> into a temporary directory and returns the program's path. */
export async function buildExample(name: 'go-leak' | 'go-leak-2023'): Promise<string> {
  const binary = join(makeDirectory(), name);
  const source = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  await promisify(execFile)('go', ['build', '-o', binary, '.'], { cwd: source });
  return binary;
}

/** A running example; `url` answers. */
export interface Example {
  readonly url: string;
  /** SIGTERM, then waits for the end; throws unless the program ended well. */
  stop(): Promise<void>;
}

/** Starts a built example on a free port of 127.0.0.1 and waits until it answers. */
export async function startExample(binary: string, args: readonly string[]): Promise<Example> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(binary, ['-addr', address, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = once(child, 'exit');
  const url = `http://${address}/`;
  await until(`${binary} answers`, 10_000, async () => (await fetch(`${url}debug/pprof/`)).ok || undefined);
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      if (code !== 0) throw new Error(`${binary} ended with ${code}: ${stderr}`);
    },
  };
}
