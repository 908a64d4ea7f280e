/**
 * Reads ClickHouse's RowBinary (https://clickhouse.com/docs/interfaces/formats/RowBinary): values without names or
 * types, one after the other, little endian; so the caller reads exactly the columns that it selected, in order.
 * 64-bit integers stay exact, and no text is parsed.
 */
export class RowBinaryReader {
  readonly #bytes: Buffer;
  readonly #strings = new Map<string, string>();
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#position >= this.#bytes.length;
  }

  uint8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#advance(4));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#advance(4));
  }

  uint64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#advance(8));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64LE(this.#advance(8));
  }

  /** An Int64 as a number: exact up to 2^53, the nearest one beyond. */
  int64Number(): number {
    const at = this.#advance(8);
    return this.#bytes.readInt32LE(at + 4) * 0x1_0000_0000 + this.#bytes.readUInt32LE(at);
  }

  float64(): number {
    return this.#bytes.readDoubleLE(this.#advance(8));
  }

  /** Length prefix: unsigned LEB128. */
  length(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.uint8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  string(): string {
    const size = this.length();
    const start = this.#advance(size);
    return this.#bytes.toString('utf8', start, start + size);
  }

  /** As `string`, but equal texts of one result share one string: frames repeat the same few thousand names. */
  sharedString(): string {
    const text = this.string();
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    this.#strings.set(text, text);
    return text;
  }

  /** Bytes as they stand, a view. */
  bytes(size: number): Buffer {
    const start = this.#advance(size);
    return this.#bytes.subarray(start, start + size);
  }

  array<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.length(); left > 0; left--) items.push(item());
    return items;
  }

  map(): [string, string][] {
    return this.array(() => [this.string(), this.string()]);
  }

  #advance(size: number): number {
    const start = this.#position;
    this.#position = start + size;
    return start;
  }
}

/** All rows of a result, each read by `row`. */
export function readRows<T>(bytes: Uint8Array, row: (reader: RowBinaryReader) => T): T[] {
  const reader = new RowBinaryReader(bytes);
  const rows: T[] = [];
  while (!reader.done) rows.push(row(reader));
  return rows;
}
