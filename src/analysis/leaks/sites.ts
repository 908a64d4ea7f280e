import type { StackHistory } from '../../model/history.ts';
import type { StackId } from '../../model/stack.ts';
import { enclosingFunction } from '../go-frames.ts';
import { lastOf } from './series.ts';
import { isMirror, isParkedGoroutine, type StackFacts } from './stack-facts.ts';

/**
 * A place whose growth is judged as one series: goroutines parked at one place, memory allocated on one short stack
 * (`heap`), or memory allocated anywhere under one user function (`function`, which finds small objects spread over
 * many stacks).
 */
export interface Site {
  readonly kind: 'goroutine' | 'heap' | 'function';
  /** Without line numbers: an edit above moves every line, and nothing would match across versions. */
  readonly key: string;
  readonly stacks: readonly StackId[];
  /** The stack of the site that has the most now. */
  readonly facts: StackFacts;
}

/** Frames of an allocating stack that tell one heap site from another. */
const HEAP_SITE_FRAMES = 6;

/** All goroutine sites of a history: wait state, place with its line, entry function. */
export function goroutineSites(history: StackHistory, facts: ReadonlyMap<StackId, StackFacts>): readonly Site[] {
  return group(history, facts, 'goroutine', (fact) => {
    if (!isParkedGoroutine(fact) || isMirror(fact)) return undefined;
    const frame = fact.stack[fact.siteFrame];
    return { name: goroutineKey(fact), line: frame?.line ?? 0 };
  });
}

/** Identity of a goroutine site: wait state, place, entry function. */
export function goroutineKey(fact: StackFacts): string {
  return `goroutine|${fact.waitState}|${fact.stack[fact.siteFrame]?.function ?? ''}|${fact.root}`;
}

/** All heap sites of a history, and the user functions over them that have more than one stack. */
export function heapSites(history: StackHistory, facts: ReadonlyMap<StackId, StackFacts>): readonly Site[] {
  const stacks = group(history, facts, 'heap', (fact) => {
    if (fact.isExcluded) return undefined;
    const frames = fact.stack.filter((_, i) => fact.roles[i] !== 'runtime').slice(0, HEAP_SITE_FRAMES);
    return {
      name: `heap|${frames.map((frame) => frame.function).join(';')}`,
      line: frames.map((frame) => frame.line).join(';'),
    };
  });
  const functions = group(history, facts, 'function', (fact) => {
    const name = fact.stack[fact.culpritFrame]?.function;
    return fact.isExcluded || name === undefined ? undefined : { name: functionKey(name), line: '' };
  });
  // A function with one stack would only be judged twice.
  const single = new Set(stacks.map((site) => site.stacks.join()));
  return [...stacks, ...functions.filter((site) => !single.has(site.stacks.join()))];
}

/** Identity of a user function with all its lines, closures and callees. */
export function functionKey(name: string): string {
  return `function|${enclosingFunction(name)}`;
}

function group(
  history: StackHistory,
  facts: ReadonlyMap<StackId, StackFacts>,
  kind: Site['kind'],
  siteOf: (fact: StackFacts) => { name: string; line: string | number } | undefined,
): readonly Site[] {
  const groups = new Map<string, { key: string; stacks: StackId[]; facts: StackFacts; most: number }>();
  for (const [id, values] of history.byStack) {
    const fact = facts.get(id);
    const site = fact && siteOf(fact);
    if (fact === undefined || site === undefined) continue;
    const now = lastOf(values);
    const place = `${site.name}|${site.line}`;
    const known = groups.get(place);
    if (known === undefined) groups.set(place, { key: site.name, stacks: [id], facts: fact, most: now });
    else {
      known.stacks.push(id);
      if (now > known.most) Object.assign(known, { facts: fact, most: now });
    }
  }
  return [...groups.values()].map(({ key, stacks, facts: fact }) => ({ kind, key, stacks, facts: fact }));
}
