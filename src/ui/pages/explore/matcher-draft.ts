import type { Matcher, MatchOperator } from '../../../model/selector.ts';

/** What stands in the filter's input: first a label, then an operator, then a value. */
export interface MatcherDraft {
  readonly name: string;
  readonly operator: MatchOperator | '';
  /** Without quotes. */
  readonly value: string;
}

export const OPERATORS: readonly { readonly operator: MatchOperator; readonly word: string }[] = [
  { operator: '=', word: 'is' },
  { operator: '!=', word: 'is not' },
  { operator: '=~', word: 'matches' },
  { operator: '!~', word: 'does not match' },
];

/** Reads what is being typed, complete or not. */
export function parseDraft(text: string): MatcherDraft {
  const [, name = '', operator = '', value = ''] = /^\s*([\w.]*)\s*(=~|!~|!=|=|)\s*"?(.*?)"?\s*$/.exec(text) ?? [];
  return { name, operator: operator as MatchOperator | '', value };
}

/** What Enter does: adds a condition, takes a suggestion, or says what is missing. */
export type Entered = { readonly add: Matcher } | { readonly take: string } | { readonly missing: string };

/**
 * What Enter does with a draft while no suggestion is active; undefined where nothing is typed. A typed value counts as
 * it is; a label and an operator are completed by the first suggestion, a value by the only one.
 */
export function enterDraft(draft: MatcherDraft, suggestions: readonly string[]): Entered | undefined {
  const { name, operator, value } = draft;
  if (name === '') return operator === '' ? undefined : { missing: `Begin with a label: hostname${operator}…` };
  const [first] = suggestions;
  if (operator === '') {
    if (first !== undefined) return { take: first };
    return { missing: `No label here contains ${name}. Write ${name}=value for one that is not listed.` };
  }
  if (value !== '') return { add: { name, operator, value } };
  if (first !== undefined && suggestions.length === 1) return { take: first };
  return { missing: `A value is missing after ${name}${operator}` };
}
