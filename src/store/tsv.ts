/**
 * Writes rows in ClickHouse's TabSeparated format (https://clickhouse.com/docs/interfaces/formats/TabSeparated) into
 * one growing buffer. Numbers are written digit by digit straight from the typed arrays: going through BigInt and
 * string for each of some thousand values an upload would cost several times as much.
 */
export class TsvWriter {
  #bytes: Buffer;
  #size = 0;

  constructor(capacityBytes = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafe(capacityBytes);
  }

  get sizeBytes(): number {
    return this.#size;
  }

  /** What was written so far; valid until the next write. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  tab(): void {
    this.#byte(0x09);
  }

  endRow(): void {
    this.#byte(0x0a);
  }

  /** A String column. */
  text(value: string): void {
    this.#raw(escapeText(value));
  }

  integer(value: bigint | number): void {
    this.#raw(String(value));
  }

  /** Array(String). */
  texts(values: readonly string[]): void {
    this.#raw(`[${values.map(quoted).join(',')}]`);
  }

  /** Array of integers below 2^53. */
  integers(values: readonly number[]): void {
    this.#raw(`[${values.join(',')}]`);
  }

  /** Map(String, String). */
  map(entries: Readonly<Record<string, string>>): void {
    const pairs = Object.entries(entries).map(([name, value]) => `${quoted(name)}:${quoted(value)}`);
    this.#raw(`{${pairs.join(',')}}`);
  }

  /** Array of 64-bit integers. Returns where its text stands, for `again`. */
  int64s(values: BigUint64Array | BigInt64Array): { readonly start: number; readonly end: number } {
    const signed = values instanceof BigInt64Array;
    this.#reserve(values.length * 21 + 2);
    const start = this.#size;
    const lanes = new DataView(values.buffer, values.byteOffset, values.byteLength);
    this.#bytes[this.#size++] = 0x5b;
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.#bytes[this.#size++] = 0x2c;
      this.#lanes(lanes.getUint32(i * 8 + 4, true), lanes.getUint32(i * 8, true), signed);
    }
    this.#bytes[this.#size++] = 0x5d;
    return { start, end: this.#size };
  }

  /** Repeats text that was written before, byte for byte. */
  again({ start, end }: { readonly start: number; readonly end: number }): void {
    this.#reserve(end - start);
    this.#bytes.copy(this.#bytes, this.#size, start, end);
    this.#size += end - start;
  }

  #lanes(high: number, low: number, signed: boolean): void {
    if (signed && high >= 0x8000_0000) {
      this.#bytes[this.#size++] = 0x2d;
      // Two's complement; -2^63 negates to 2^63, which fits as unsigned.
      const negatedLow = -low >>> 0;
      this.#digits((~high + (negatedLow === 0 ? 1 : 0)) >>> 0, negatedLow);
    } else {
      this.#digits(high, low);
    }
  }

  #digits(high: number, low: number): void {
    if (high < 0x20_0000) {
      this.#number(high * 0x1_0000_0000 + low);
      return;
    }
    // Long division by 10^9 over four 16-bit limbs: every intermediate stays below 2^53.
    let rest = 0;
    const limbs = [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff];
    let quotient = 0;
    for (const limb of limbs) {
      const part = rest * 0x1_0000 + limb;
      const digit = Math.floor(part / 1e9);
      rest = part - digit * 1e9;
      quotient = quotient * 0x1_0000 + digit;
    }
    this.#number(quotient);
    let at = this.#size + 9;
    this.#size = at;
    for (let i = 0; i < 9; i++) {
      const tenth = Math.floor(rest / 10);
      this.#bytes[--at] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    }
  }

  #number(value: number): void {
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits++;
    let rest = value;
    let at = this.#size + digits;
    this.#size = at;
    for (let i = 0; i < digits; i++) {
      const tenth = Math.floor(rest / 10);
      this.#bytes[--at] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    }
  }

  #raw(text: string): void {
    this.#reserve(text.length * 3);
    this.#size += this.#bytes.write(text, this.#size, 'utf8');
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#size++] = value;
  }

  #reserve(sizeBytes: number): void {
    if (this.#size + sizeBytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#size + sizeBytes));
    this.#bytes.copy(grown, 0, 0, this.#size);
    this.#bytes = grown;
  }
}

const SPECIAL = /[\0\b\t\n\f\r'\\]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  "'": "\\'",
  '\\': '\\\\',
};

function escapeText(value: string): string {
  return value.replace(SPECIAL, (character) => ESCAPES[character] ?? character);
}

function quoted(value: string): string {
  return `'${escapeText(value)}'`;
}
