import { useRef } from 'react';

/**
 * A query whose last data of the same `scope` stay when asking again fails: a live page that loses the server keeps what
 * it shows. Another scope (range, case) does not inherit them.
 */
export function useKept<Q extends { readonly data: unknown; readonly isPlaceholderData: boolean }>(
  query: Q,
  scope: string,
): Q {
  const kept = useRef<{ scope: string; data: Q['data'] }>({ scope, data: undefined });
  if (query.data !== undefined && !query.isPlaceholderData) kept.current = { scope, data: query.data };
  if (query.data !== undefined || kept.current.scope !== scope) return query;
  return { ...query, data: kept.current.data };
}
