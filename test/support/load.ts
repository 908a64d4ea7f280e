import { setTimeout as sleep } from 'node:timers/promises';

/** Requests `url` the given number of times a second, one at a time, until it is stopped. */
export function driveLoad(url: string, perSecond: number): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const response = await fetch(url);
      await response.arrayBuffer();
      await sleep(1000 / perSecond, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  done.catch(() => {}); // `stop` rethrows it
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
