import { problem } from '../base/problem.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on a label. A label that a series does not have counts as ''. Regular expressions match whole values (RE2). */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** All conditions must hold. */
export type Selector = readonly Matcher[];

/** Most conditions in one selector; each is evaluated for every series. */
export const MAX_MATCHERS = 50;

/** Longest regular expression; the store compiles them, so that long ones would cost it memory. */
export const MAX_REGEX_LENGTH = 1000;

/** Longer operators first, since `=` begins `=~`. */
const OPERATORS: readonly MatchOperator[] = ['=~', '!~', '!=', '='];
const PLAIN_NAME = /[A-Za-z_][A-Za-z0-9_.]*/y;

/**
 * Parses the matchers of PromQL: `{name="value",other!="x",third=~"re",fourth!~"re"}`, where the braces may be left out
 * and a comma may follow the last. Values stand in double or single quotes with Go's backslash escapes, or in backticks
 * without any; names may be quoted too. `{}` selects everything. Whether a regular expression compiles is for the store
 * to say. Throws badSelector with the position (characters from 0).
 */
export function parseSelector(text: string): Selector {
  const scanner = new Scanner(text);
  const isBraced = scanner.take('{');
  if (!isBraced && scanner.atEnd()) throw scanner.failure('it is empty; {} selects everything');
  const matchers: Matcher[] = [];
  const atEnd = () => (isBraced ? scanner.take('}') : scanner.atEnd());
  while (!atEnd()) {
    if (matchers.length === MAX_MATCHERS) throw scanner.failure(`there are more than ${MAX_MATCHERS} conditions`);
    matchers.push(parseMatcher(scanner));
    if (scanner.take(',')) continue;
    if (atEnd()) break;
    throw scanner.failure(isBraced ? 'expected , or }' : 'expected , or the end');
  }
  if (!scanner.atEnd()) throw scanner.failure('expected the end');
  return matchers;
}

/** All conditions of several selectors. Throws badSelector where they are too many together. */
export function joinSelectors(selectors: readonly Selector[]): Selector {
  const joined = selectors.flat();
  if (joined.length <= MAX_MATCHERS) return joined;
  throw problem('badSelector', { position: 0, why: `there are more than ${MAX_MATCHERS} conditions` });
}

/** The text of a selector, which `parseSelector` reads back. */
export function formatSelector(selector: Selector): string {
  return `{${selector.map(formatMatcher).join(',')}}`;
}

function parseMatcher(scanner: Scanner): Matcher {
  const name = scanner.plainName() ?? scanner.quoted('a label name');
  const operator = OPERATORS.find((candidate) => scanner.take(candidate));
  if (operator === undefined) throw scanner.failure('expected =, !=, =~ or !~');
  const value = scanner.quoted('a quoted value');
  if (operator.endsWith('~') && value.length > MAX_REGEX_LENGTH) {
    throw scanner.failure(`the regular expression is longer than ${MAX_REGEX_LENGTH} characters`);
  }
  return { name, operator, value };
}

function formatMatcher({ name, operator, value }: Matcher): string {
  PLAIN_NAME.lastIndex = 0;
  const isPlain = PLAIN_NAME.exec(name)?.[0] === name;
  return `${isPlain ? name : JSON.stringify(name)}${operator}${JSON.stringify(value)}`;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const CODE_ESCAPE = /x[0-9a-fA-F]{2}|[0-3][0-7]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}/y;
const MAX_CODE_POINT = 0x10ffff;

/** A position in the text; every token may have white space before it. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  failure(why: string): Error {
    return problem('badSelector', { position: this.#at, why });
  }

  atEnd(): boolean {
    this.#skipSpace();
    return this.#at >= this.#text.length;
  }

  take(token: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  plainName(): string | undefined {
    this.#skipSpace();
    return this.#match(PLAIN_NAME);
  }

  /** `what` says in the error what was expected. */
  quoted(what: string): string {
    this.#skipSpace();
    const begin = this.#at;
    const quote = this.#text.charAt(begin);
    if (quote === '' || !'"\'`'.includes(quote)) throw this.failure(`expected ${what}`);
    let value = '';
    this.#at++;
    for (;;) {
      const char = this.#text.charAt(this.#at);
      if (char === '') {
        this.#at = begin;
        throw this.failure('the quote does not end');
      }
      if (char === '\\' && quote !== '`') {
        value += this.#escape();
        continue;
      }
      this.#at++;
      if (char === quote) return value;
      value += char;
    }
  }

  #escape(): string {
    const begin = this.#at;
    this.#at++;
    const simple = SIMPLE_ESCAPES[this.#text.charAt(this.#at)];
    if (simple !== undefined) {
      this.#at++;
      return simple;
    }
    const code = this.#match(CODE_ESCAPE) ?? '';
    const codePoint = /^\d/.test(code) ? Number.parseInt(code, 8) : Number.parseInt(code.slice(1), 16);
    if (Number.isNaN(codePoint) || codePoint > MAX_CODE_POINT) {
      this.#at = begin;
      throw this.failure('unknown escape');
    }
    return String.fromCodePoint(codePoint);
  }

  #match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }
}
