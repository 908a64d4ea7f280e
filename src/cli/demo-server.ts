import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Address, formatAddress, urlOfAddress } from '../base/address.ts';
import { problem } from '../base/problem.ts';
import type { StatusAnswer } from '../wire/api.ts';
import { type ChildProcess, startChild } from './child-process.ts';

/** Growth in the demo counts as a leak from this age on, so that it is found while one watches. */
export const DEMO_LEAK_MIN_AGE_MS = 25_000;

const START_LIMIT_MS = 60_000;

export interface DemoServer {
  readonly url: string;
  readonly leakMinAgeMs: number;
  /** True where it ran already; then `stop` leaves it alone. */
  readonly wasRunning: boolean;
  /** Rejects if the server that we started ends by itself; else never settles. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * The Leakscope that listens on the address, or else one started there with a minimum age of 25 s, on `dataDirectory` or
 * on a temporary directory that goes when it stops. Throws portInUse where something else listens,
 * serverFailed where the start fails, the reason of the signal when that is aborted.
 */
export async function openDemoServer(
  address: Address,
  dataDirectory: string | undefined,
  signal: AbortSignal,
): Promise<DemoServer> {
  const url = urlOfAddress(address);
  const running = await readStatus(url);
  if (running !== undefined) {
    const failed = new Promise<never>(() => {});
    return { url, leakMinAgeMs: running.leakMinAgeMs, wasRunning: true, failed, stop: async () => {} };
  }
  signal.throwIfAborted();
  const temporary = dataDirectory === undefined ? await mkdtemp(join(tmpdir(), 'leakscope-demo-')) : undefined;
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  let child: ChildProcess | undefined;
  const stop = async () => {
    await child?.stop();
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  };
  try {
    child = await startChild(process.execPath, [
      ...[main, 'serve', '--http', formatAddress(address), '--log-level', 'warn'],
      ...['--data', dataDirectory ?? String(temporary), '--leak-min-age', `${DEMO_LEAK_MIN_AGE_MS}ms`],
    ]);
    const failed = child.exited.then((code) => {
      throw problem('serverFailed', { url, why: code === null ? 'was killed' : `ended with exit code ${code}` });
    });
    failed.catch(() => {}); // it also ends, rightly, after `stop`
    const { leakMinAgeMs } = await Promise.race([failed, waitUntilServing(url, signal)]);
    return { url, leakMinAgeMs, wasRunning: false, failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function waitUntilServing(url: string, signal: AbortSignal): Promise<StatusAnswer> {
  const deadlineMs = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadlineMs) {
    const status = await readStatus(url);
    if (status !== undefined) return status;
    await sleep(100, undefined, { signal });
  }
  throw problem('serverFailed', { url, why: `was not up after ${START_LIMIT_MS / 1000} s` });
}

/** Undefined where nothing listens, or where it still starts. Throws portInUse where it is not Leakscope. */
async function readStatus(url: string): Promise<StatusAnswer | undefined> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/v1/status`, { signal: AbortSignal.timeout(5_000) });
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw problem('portInUse', { address: url, why: 'something there does not answer HTTP' }, error);
  }
  if (response.status === 503) return undefined;
  const status: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  if (isStatus(status)) return status;
  throw problem('portInUse', { address: url, why: 'what answers there is not Leakscope' });
}

function isStatus(value: unknown): value is StatusAnswer {
  return typeof value === 'object' && value !== null && 'leakMinAgeMs' in value && 'profilesStored' in value;
}

/** Nobody listens there; why a server cannot either, it says itself. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && CONNECT_FAILURES.has(String(cause.code));
}

const CONNECT_FAILURES: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'],
]);
