import { useMemo, useSyncExternalStore } from 'react';
import { useBadValue, useUrlState } from './url.ts';

const KEY = 'leakscope.zone';
const listeners = new Set<() => void>();
let preferred = localStorage.getItem(KEY) === 'UTC' ? 'UTC' : undefined;

/** IANA name of the zone that times are shown in: `tz` of the URL, else the reader's choice, else the browser's (undefined). */
export function useZone(): string | undefined {
  const fromStorage = useSyncExternalStore(subscribe, () => preferred);
  const tz = useUrlState().get('tz');
  const known = useMemo(() => (tz === null ? undefined : zoneNamed(tz)), [tz]);
  useBadValue('tz', tz !== null && known === undefined ? tz : null, 'a time zone; showing local time');
  return known ?? fromStorage;
}

/** Switches between the browser's zone and UTC for this reader. */
export function toggleUtc(): void {
  preferred = preferred === undefined ? 'UTC' : undefined;
  localStorage.setItem(KEY, preferred ?? '');
  for (const listener of listeners) listener();
}

function zoneNamed(name: string): string | undefined {
  const zone = name.toLowerCase() === 'utc' ? 'UTC' : name;
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
