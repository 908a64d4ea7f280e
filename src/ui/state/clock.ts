import { useSyncExternalStore } from 'react';

/**
 * The instant that `now` in a range means, shared by all parts of the page so that their axes agree. It moves only
 * when `tickClock` is called: by live mode, by a change of range and by Retry.
 */
let nowMs = Date.now();
const listeners = new Set<() => void>();

export function tickClock(): void {
  nowMs = Date.now();
  for (const listener of listeners) listener();
}

export function useNowMs(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
