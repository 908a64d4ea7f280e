/**
 * The only way to build SQL. Text comes from template literals in this folder; whatever varies is a typed value that
 * travels as a ClickHouse query parameter (`{p0:String}`), or another fragment. Label names are values like any other.
 */
type ValueType = 'String' | 'UInt64' | 'Int64' | 'UInt32' | 'Array(String)' | 'Array(UInt64)' | 'Array(Int64)';

class Value {
  readonly type: ValueType;
  readonly parameter: string | readonly string[];
  constructor(type: ValueType, parameter: string | readonly string[]) {
    this.type = type;
    this.parameter = parameter;
  }
}

/** A statement or a part of one. Made only by `sql`. */
export class Sql {
  readonly #pieces: readonly (string | Value)[];
  private constructor(pieces: readonly (string | Value)[]) {
    this.#pieces = pieces;
  }

  static of(literals: TemplateStringsArray, values: readonly (Value | Sql)[]): Sql {
    const pieces: (string | Value)[] = [];
    literals.forEach((literal, i) => {
      if (i > 0) {
        const value = values[i - 1];
        if (value instanceof Sql) for (const piece of value.#pieces) pieces.push(piece);
        else if (value instanceof Value) pieces.push(value);
      }
      pieces.push(literal);
    });
    return new Sql(pieces);
  }

  /** In one pass: a fragment that is joined again and again would be copied each time. */
  static join(fragments: readonly Sql[], separator: Sql): Sql {
    return new Sql(fragments.flatMap((one, i) => (i === 0 ? one.#pieces : [...separator.#pieces, ...one.#pieces])));
  }

  /** Text with `{p0:Type}`, `{p1:Type}`, … and the parameters by name. */
  render(): { readonly text: string; readonly parameters: Readonly<Record<string, string | readonly string[]>> } {
    const parameters: Record<string, string | readonly string[]> = {};
    let text = '';
    let count = 0;
    for (const piece of this.#pieces) {
      if (typeof piece === 'string') {
        text += piece;
        continue;
      }
      const name = `p${count++}`;
      parameters[name] = piece.parameter;
      text += `{${name}:${piece.type}}`;
    }
    return { text, parameters };
  }
}

/** Tag of template literals: `${}` takes values made by the functions below, and other fragments. */
export function sql(literals: TemplateStringsArray, ...values: readonly (Value | Sql)[]): Sql {
  return Sql.of(literals, values);
}

/** Fragments with `separator` between them. */
export function joinSql(fragments: readonly Sql[], separator: Sql): Sql {
  return Sql.join(fragments, separator);
}

export const string = (value: string): Value => new Value('String', value);
export const strings = (values: readonly string[]): Value => new Value('Array(String)', values);
export const int64 = (value: bigint | number): Value => new Value('Int64', String(value));
export const uint32 = (value: number): Value => new Value('UInt32', String(value));

/** As text, because a JavaScript number cannot hold all of them. */
export function uint64s(values: Iterable<bigint>): Value {
  return new Value('Array(UInt64)', `[${[...values].join(',')}]`);
}

/** Signed 64-bit integers; as text, like `uint64s`. */
export function int64s(values: Iterable<bigint>): Value {
  return new Value('Array(Int64)', `[${[...values].join(',')}]`);
}
