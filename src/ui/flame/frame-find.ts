import type { CallTree } from '../../analysis/call-tree.ts';
import { functionOf } from './call-tree.ts';

/** What a text in the find box asks for: which names, or why it cannot be read. */
export type Find = { readonly matches: (name: string) => boolean } | { readonly mistake: string };

/**
 * Reads a find text: terms separated by commas (any may match), each a substring, or a regular expression between
 * slashes. A term without a capital ignores case. Undefined for a text without a term.
 */
export function parseFind(text: string): Find | undefined {
  const tests: ((name: string) => boolean)[] = [];
  for (const term of splitTerms(text)) {
    const pattern = /^\/(.+)\/$/.exec(term)?.[1];
    if (pattern === undefined) tests.push(substring(term));
    else {
      try {
        const expression = new RegExp(pattern, /[A-Z]/.test(pattern.replace(/\\./g, '')) ? '' : 'i');
        tests.push((name) => expression.test(name));
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return { mistake: `${term} is not a regular expression` };
      }
    }
  }
  return tests.length === 0 ? undefined : { matches: (name) => tests.some((test) => test(name)) };
}

/** Commas inside /…/ belong to the expression, as in /a{1,2}/. */
function splitTerms(text: string): string[] {
  const terms = text.match(/\s*\/(?:[^/\\]|\\.)+\/\s*(?=,|$)|[^,]+/g) ?? [];
  return terms.map((term) => term.trim()).filter((term) => term !== '');
}

function substring(term: string): (name: string) => boolean {
  if (/[A-Z]/.test(term)) return (name) => name.includes(term);
  return (name) => name.toLowerCase().includes(term);
}

export interface FindResult {
  /** 1 for each string of the tree that matches. */
  readonly names: Uint8Array;
  /** Matching frames, widest first. */
  readonly frames: Uint32Array;
  /** Number of distinct functions that match. */
  readonly functions: number;
  /** Value below matching frames; a match inside a match is not counted again. */
  readonly value: number;
}

/** All matching frames, drawn or not. The root never matches. */
export function findFrames(tree: CallTree, matches: (name: string) => boolean): FindResult {
  const names = new Uint8Array(tree.strings.length);
  const tested = new Uint8Array(tree.strings.length);
  const covered = new Uint8Array(tree.parent.length);
  const frames: number[] = [];
  let functions = 0;
  let value = 0;
  for (let row = 1; row < tree.parent.length; row++) {
    const name = tree.name[row]!;
    if (tested[name] === 0) {
      tested[name] = 1;
      if (matches(functionOf(tree, row))) {
        names[name] = 1;
        functions += 1;
      }
    }
    const above = covered[tree.parent[row]!]!;
    covered[row] = above | names[name]!;
    if (names[name] === 0) continue;
    frames.push(row);
    if (above === 0) value += tree.total[row]!;
  }
  const widestFirst = Uint32Array.from(frames).sort((a, b) => tree.total[b]! - tree.total[a]! || a - b);
  return { names, frames: widestFirst, functions, value };
}

/** 1 for each frame that stays lit: those whose name is 1 in `names`, and all that they call. */
export function litFrames(tree: CallTree, names: Uint8Array): Uint8Array {
  const lit = new Uint8Array(tree.parent.length);
  for (let row = 0; row < lit.length; row++)
    lit[row] = names[tree.name[row]!]! | (row === 0 ? 0 : lit[tree.parent[row]!]!);
  return lit;
}
