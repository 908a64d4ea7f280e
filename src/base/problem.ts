import { type ConnectCode, PROBLEMS, type ProblemKind } from './problem-kinds.ts';

export type ProblemKey = keyof typeof PROBLEMS;
/** The entry of a key, without the types of its texts. */
const kindOf = (key: ProblemKey): ProblemKind => PROBLEMS[key];

type Placeholder<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;
/** The details that the message and the remedy of a kind name. */
export type ProblemDetails<K extends ProblemKey> = {
  readonly [N in Placeholder<(typeof PROBLEMS)[K]['message']>]: string | number;
} & { readonly [name: string]: string | number };

/** A registered failure. `toBody()` is the JSON that HTTP answers carry. */
export class Problem extends Error {
  readonly key: ProblemKey;
  readonly details: Readonly<Record<string, string | number>>;
  constructor(key: ProblemKey, details: Readonly<Record<string, string | number>>, cause?: unknown) {
    super(fill(kindOf(key).message, details), cause === undefined ? undefined : { cause });
    this.name = 'Problem';
    this.key = key;
    this.details = details;
  }
  get id(): string {
    return kindOf(this.key).id;
  }
  get status(): number {
    return kindOf(this.key).status;
  }
  get connectCode(): ConnectCode {
    return kindOf(this.key).connectCode;
  }
  get remedy(): string {
    return fill(kindOf(this.key).remedy, this.details);
  }
  /** One line: what, where, why, remedy, id. */
  get sentence(): string {
    return `${this.message}. ${this.remedy} (${this.id})`;
  }
  toBody(): {
    code: ConnectCode;
    message: string;
    id: string;
    remedy: string;
    details: Record<string, string | number>;
  } {
    return {
      code: this.connectCode,
      message: this.sentence,
      id: this.id,
      remedy: this.remedy,
      details: { ...this.details },
    };
  }
}

/** Makes a registered failure; the compiler asks for every detail that its message names. */
export function problem<K extends ProblemKey>(key: K, details: ProblemDetails<K>, cause?: unknown): Problem {
  return new Problem(key, details, cause);
}

function fill(template: string, details: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) => {
    const value = details[name];
    return value === undefined ? whole : String(value);
  });
}
