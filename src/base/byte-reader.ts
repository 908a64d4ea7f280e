/** Makes the errors of a format; offsets are absolute. */
export interface ReadFailures {
  /** The bytes end `missingBytes` (or more) before the end of what begins at `offset`. */
  truncated(what: string, offset: number, missingBytes: number): Error;
  malformed(why: string, offset: number): Error;
}

const VARINT_MAX_BYTES = 10;

/**
 * A position in untrusted bytes. Nothing is read at or behind `limit`, the end of the message at hand; whoever enters a
 * message sets it and restores it after.
 *
 * A 64-bit number is left in two signed 32-bit lanes, `low` and `high`: V8 keeps those unboxed, while a BigInt a value
 * would cost more than all else in a profile.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly failures: ReadFailures;
  offset = 0;
  limit: number;
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array, failures: ReadFailures) {
    this.bytes = bytes;
    this.failures = failures;
    this.limit = bytes.length;
  }

  /** Goes to [begin, end) as the message at hand. */
  enter(begin: number, end: number): void {
    this.offset = begin;
    this.limit = end;
  }

  /** Reads a base-128 varint of at most 64 bits into the lanes. `what` names it in errors. */
  varint(what: string): void {
    const { bytes, offset } = this;
    const left = this.limit - offset;
    const first = left > 0 ? bytes[offset]! : 0x80;
    if (first < 0x80) {
      this.offset = offset + 1;
      this.low = first;
      this.high = 0;
      return;
    }
    const second = left > 1 ? bytes[offset + 1]! : 0x80;
    if (second < 0x80) {
      this.offset = offset + 2;
      this.low = (first & 0x7f) | (second << 7);
      this.high = 0;
      return;
    }
    this.#longVarint(what);
  }

  /** Reads a varint that counts bytes, checks that so many follow, and returns it; the position is behind the varint. */
  length(what: string): number {
    const begin = this.offset;
    this.varint(what);
    const length = this.high === 0 && this.low >= 0 ? this.low : Number(this.uint64());
    if (length > this.limit - this.offset) throw this.pastEnd(what, begin, length);
    return length;
  }

  skip(byteCount: number, what: string): void {
    if (byteCount > this.limit - this.offset) throw this.pastEnd(what, this.offset, byteCount);
    this.offset += byteCount;
  }

  /** The lanes as an unsigned number. */
  uint64(): bigint {
    return (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0);
  }

  /** The lanes as a signed number. */
  int64(): bigint {
    return (BigInt(this.high) << 32n) | BigInt(this.low >>> 0);
  }

  /** The error for `what`, begun at `begin`, of which `byteCount` bytes should follow the position. */
  pastEnd(what: string, begin: number, byteCount: number): Error {
    const end = this.offset + byteCount;
    if (end > this.bytes.length) return this.failures.truncated(what, begin, end - this.bytes.length);
    return this.failures.malformed(`${what} runs ${end - this.limit} bytes past the end of its message`, begin);
  }

  #longVarint(what: string): void {
    const { bytes, limit } = this;
    const begin = this.offset;
    let low = 0;
    let high = 0;
    for (let i = 0; i < VARINT_MAX_BYTES; i++) {
      if (begin + i >= limit) {
        this.offset = limit;
        throw this.pastEnd(what, begin, 1);
      }
      const byte = bytes[begin + i]!;
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (7 * i);
      else if (i === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * i - 32);
      if (byte < 0x80) {
        if (i === VARINT_MAX_BYTES - 1 && byte > 1) break;
        this.offset = begin + i + 1;
        this.low = low;
        this.high = high;
        return;
      }
    }
    throw this.failures.malformed(`${what} is a varint of more than 64 bits`, begin);
  }
}
