import type { StackId } from '../../model/stack.ts';
import type { Lifetime } from './lifetimes.ts';
import { lastOf } from './series.ts';
import { goroutineKey } from './sites.ts';
import type { StackFacts } from './stack-facts.ts';

/** Goroutines at one place that Go's garbage collector found unreachable (profile `goroutineleak`, Go 1.26 and later). */
export interface Proof {
  /** Key of the goroutine site with the same frames. */
  readonly key: string;
  readonly lifetime: Lifetime;
  readonly facts: StackFacts;
  readonly count: number;
}

/** Proofs in the newest `goroutineleak` profile of a lifetime; its absence proves nothing. */
export function proofsOf(lifetime: Lifetime, facts: ReadonlyMap<StackId, StackFacts>): readonly Proof[] {
  const proofs = new Map<string, Proof>();
  for (const [id, values] of lifetime.goroutineLeaks?.byStack ?? []) {
    const fact = facts.get(id);
    const now = lastOf(values);
    if (fact === undefined || fact.isExcluded || !(now >= 1)) continue;
    const key = goroutineKey(fact);
    proofs.set(key, { key, lifetime, facts: fact, count: now + (proofs.get(key)?.count ?? 0) });
  }
  return [...proofs.values()];
}
