import { setTimeout as sleep } from 'node:timers/promises';
import { problem } from '../base/problem.ts';

/** A server that cannot be reached, or answers 429 or 503, is asked again for so long. */
const PATIENCE_MS = 5_000;
const RETRY_MS = 250;

/**
 * A request to the server, repeated while it is busy, starting or cannot be reached. Throws serverFailed when that lasts 5 s
 * or when it answers anything but success; the reason of the signal when that is aborted.
 */
export async function askServer(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  const { origin } = new URL(url);
  for (;;) {
    const outcome = await attempt(url, init, signal);
    if (typeof outcome !== 'string') return outcome;
    if (Date.now() > deadlineMs)
      throw problem('serverFailed', { url: origin, why: `${outcome} for ${PATIENCE_MS / 1000} s` });
    await sleep(RETRY_MS, undefined, { signal });
  }
}

/** The answer, or in words why it is worth asking again. */
async function attempt(url: string, init: RequestInit, signal: AbortSignal): Promise<Response | string> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal });
  } catch (error) {
    signal.throwIfAborted();
    // What fetch throws then; anything else is a bug.
    if (error instanceof TypeError && error.cause instanceof Error) return 'could not be reached';
    throw error;
  }
  if (response.ok) return response;
  const text = await response.text();
  if (response.status === 429 || response.status === 503) return `answered ${response.status}`;
  const { origin, pathname } = new URL(url);
  throw problem('serverFailed', { url: origin, why: `answered ${response.status} to ${pathname}: ${text}` });
}
