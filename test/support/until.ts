import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 500;

/**
 * Asks `probe` twice a second until it answers something other than undefined, and returns that. After `limitMs` throws
 * with `what` and the last failure of the probe, if any.
 */
export async function until<T>(what: string, limitMs: number, probe: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = Date.now() + limitMs;
  let failure: unknown;
  do {
    try {
      const answer = await probe();
      if (answer !== undefined) return answer;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    await sleep(POLL_MS);
  } while (Date.now() < deadlineMs);
  throw new Error(`${what}: not within ${limitMs / 1000} s`, { cause: failure });
}

/** GET as JSON; throws on anything but 200. */
export async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
