/**
 * Which stacks of a (tenant, service, day) are known to be in the store, so that an upload writes only new ones.
 *
 * Forgetting costs a second row, which a merge removes again; remembering what was not committed would lose symbols.
 * Hence ids are added after the commit only, and the least recently used scope goes first when there are too many.
 */
export interface Announced {
  of(scope: string): ReadonlySet<bigint>;
  add(scope: string, ids: Iterable<bigint>): void;
  /** After stacks were deleted. */
  clear(): void;
}

/** Remembers at most `maxIds` ids over all scopes; a scope is any text that names one. */
export function createAnnounced(maxIds: number): Announced {
  const scopes = new Map<string, Set<bigint>>();
  const none: ReadonlySet<bigint> = new Set();
  let count = 0;

  const forget = (scope: string): void => {
    count -= scopes.get(scope)?.size ?? 0;
    scopes.delete(scope);
  };

  return {
    of: (scope) => {
      const ids = scopes.get(scope);
      if (ids === undefined) return none;
      scopes.delete(scope);
      scopes.set(scope, ids);
      return ids;
    },
    add: (scope, ids) => {
      const known = scopes.get(scope) ?? new Set<bigint>();
      scopes.set(scope, known);
      const before = known.size;
      for (const id of ids) known.add(id);
      count += known.size - before;
      while (count > maxIds) {
        const oldest = scopes.keys().next().value;
        if (oldest === undefined) break;
        forget(oldest);
      }
    },
    clear: () => {
      scopes.clear();
      count = 0;
    },
  };
}
