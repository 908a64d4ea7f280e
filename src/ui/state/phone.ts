import { useSyncExternalStore } from 'react';

/** Where the layout of phones begins. */
const phone = matchMedia('(max-width: 700px)');

/** Whether the page has the layout of a phone: for what CSS alone cannot leave out. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(subscribe, () => phone.matches);
}

function subscribe(listener: () => void): () => void {
  phone.addEventListener('change', listener);
  return () => phone.removeEventListener('change', listener);
}
