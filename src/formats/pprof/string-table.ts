import type { FieldReader } from './field-reader.ts';
import type { IntList } from './int-list.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The string table: checked as a whole, cut into strings on demand. Most tables are plain ASCII: those are decoded at
 * once and strings are slices of that text, since a `TextDecoder` call for each would be half the time of a decode.
 * (So a string kept alone for ever keeps the whole text; what crosses a thread boundary is copied anyway.)
 */
export class StringTable {
  readonly #texts: (string | undefined)[];
  /** End of string i within the joined text. Empty if `#texts` were all decoded one by one. */
  readonly #ends: Int32Array;
  readonly #joined: string;
  readonly #canonical: Int32Array;
  readonly #indexOf = new Map<string, number>();
  readonly #reader: FieldReader;

  /** `bodies` holds begin and end of each string. Throws pprofMalformed. */
  constructor(reader: FieldReader, bodies: IntList) {
    this.#reader = reader;
    const count = bodies.length / 2;
    if (count === 0) throw reader.failures.malformed('profile.string_table is missing', reader.bytes.length);
    if (bodies.items[1] !== bodies.items[0]) {
      throw reader.failures.malformed('the first string of profile.string_table is not empty', bodies.items[0]!);
    }
    const ascii = joinAscii(reader.bytes, bodies);
    this.#texts = new Array(count);
    this.#ends = ascii === undefined ? new Int32Array(0) : ascii.ends;
    this.#joined = ascii === undefined ? '' : ascii.text;
    this.#canonical = new Int32Array(count);
    this.#indexOf.set('', 0);
    if (ascii === undefined) for (let i = 0; i < count; i++) this.#texts[i] = decodeOne(reader, bodies, i);
  }

  text(index: number): string {
    const known = this.#texts[index];
    if (known !== undefined) return known;
    const begin = index === 0 ? 0 : this.#ends[index - 1]!;
    const text = this.#joined.slice(begin, this.#ends[index]!);
    this.#texts[index] = text;
    return text;
  }

  /** Checks the scalar at hand, a string index, and returns it. Throws pprofMalformed. */
  indexAtHand(what: string): number {
    const { low, high } = this.#reader;
    const index = low >>> 0;
    if (high !== 0 || index >= this.#canonical.length) {
      const given = this.#reader.int64();
      throw this.#reader.malformed(`${what} is string ${given} of a table of ${this.#canonical.length}`);
    }
    return index;
  }

  /** As `indexAtHand`; of equal texts the index of the first, so that '' is always 0. */
  canonicalAtHand(what: string): number {
    const index = this.indexAtHand(what);
    const known = this.#canonical[index]!;
    if (known !== 0) return known - 1;
    const canonical = this.indexOf(this.text(index), index);
    this.#canonical[index] = canonical + 1;
    return canonical;
  }

  /** The canonical index of any text, which is added to the table if it is not there. */
  indexOf(text: string, candidate = this.#texts.length): number {
    const known = this.#indexOf.get(text);
    if (known !== undefined) return known;
    this.#texts[candidate] = text;
    this.#indexOf.set(text, candidate);
    return candidate;
  }
}

/** All strings as one text with the end of each in it; undefined if any byte is not ASCII. */
function joinAscii(bytes: Uint8Array, bodies: IntList): { text: string; ends: Int32Array } | undefined {
  const count = bodies.length / 2;
  const ends = new Int32Array(count);
  let size = 0;
  for (let i = 0; i < count; i++) {
    size += bodies.items[2 * i + 1]! - bodies.items[2 * i]!;
    ends[i] = size;
  }
  const joined = new Uint8Array(size);
  let union = 0;
  let to = 0;
  for (let i = 0; i < count; i++) {
    const end = bodies.items[2 * i + 1]!;
    for (let from = bodies.items[2 * i]!; from < end; from++) {
      const byte = bytes[from]!;
      union |= byte;
      joined[to++] = byte;
    }
  }
  return union < 0x80 ? { text: strictUtf8.decode(joined), ends } : undefined;
}

function decodeOne(reader: FieldReader, bodies: IntList, index: number): string {
  const begin = bodies.items[2 * index]!;
  try {
    return strictUtf8.decode(reader.bytes.subarray(begin, bodies.items[2 * index + 1]!));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw reader.failures.malformed(`string ${index} of profile.string_table is not UTF-8`, begin);
  }
}
