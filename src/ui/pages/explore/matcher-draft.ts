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

/** The matcher that Enter adds; undefined while a part is missing. */
export function draftMatcher(draft: MatcherDraft): Matcher | undefined {
  const { name, operator, value } = draft;
  return name === '' || operator === '' || value === '' ? undefined : { name, operator, value };
}
