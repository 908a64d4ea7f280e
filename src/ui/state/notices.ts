import { useSyncExternalStore } from 'react';

/** Lines under the top bar that say what of the URL could not be understood; one a parameter. */
export interface Notice {
  readonly key: string;
  readonly text: string;
}

let notices: readonly Notice[] = [];
const listeners = new Set<() => void>();

export function raiseNotice(key: string, text: string): void {
  change([...notices.filter((notice) => notice.key !== key), { key, text }]);
}

export function dropNotice(key: string): void {
  change(notices.filter((notice) => notice.key !== key));
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(subscribe, () => notices);
}

function change(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
