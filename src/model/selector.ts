export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on a label. A label that a series does not have counts as ''. Regular expressions match whole values (RE2). */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** All conditions must hold. */
export type Selector = readonly Matcher[];
