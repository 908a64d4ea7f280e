const INITIAL_BYTES = 256;
const utf8 = new TextEncoder();

/** Writes protobuf fields into a growing buffer. Zero scalars are left out, as proto3 does. */
export class MessageWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  /** An int64 or uint64 field; negative values are written as their two's complement. */
  scalar(field: number, value: bigint | number): void {
    if (value === 0 || value === 0n) return;
    this.#varint(field << 3);
    this.#varint(value);
  }

  /** A repeated int64 or uint64 field, packed; zeros are kept. */
  packed(field: number, values: Iterable<bigint | number>): void {
    const body = new MessageWriter();
    for (const value of values) body.#varint(value);
    if (body.#length > 0) this.bytes(field, body.finish());
  }

  text(field: number, text: string): void {
    this.bytes(field, utf8.encode(text));
  }

  /** A submessage that `write` fills. */
  message(field: number, write: (message: MessageWriter) => void): void {
    const body = new MessageWriter();
    write(body);
    this.bytes(field, body.finish());
  }

  bytes(field: number, body: Uint8Array): void {
    this.#varint((field << 3) | 2);
    this.#varint(body.length);
    this.#reserve(body.length);
    this.#bytes.set(body, this.#length);
    this.#length += body.length;
  }

  /** What was written, without copying; the writer must not be used after. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #varint(value: bigint | number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#reserve(10);
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #reserve(byteCount: number): void {
    const needed = this.#length + byteCount;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
