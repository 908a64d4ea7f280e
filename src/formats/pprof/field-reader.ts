import { ByteReader } from '../../base/byte-reader.ts';
import { problem } from '../../base/problem.ts';
import { type FieldKind, KIND, type Message } from './messages.ts';

const WIRE = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const;
const MAX_FIELD_NUMBER = 2 ** 29 - 1;

/** Walks the fields of protobuf messages, strictly: a wire type that a field cannot have is an error. */
export class FieldReader extends ByteReader {
  /** Where the field at hand begins. */
  fieldOffset = 0;
  /** End of the field's body, where the field is a submessage, a string or repeated numbers. */
  bodyEnd = 0;

  constructor(bytes: Uint8Array) {
    super(bytes, {
      truncated: (what, offset, missingBytes) => problem('pprofTruncated', { what, offset, missingBytes }),
      malformed: (why, offset) => problem('pprofMalformed', { why, offset }),
    });
  }

  /**
   * Goes to the next known field of the message at hand and returns its number, 0 at the end. Unknown fields are passed
   * over. A scalar is in the lanes then; of all others the body is [offset, bodyEnd), which the caller must consume.
   * Repeated numbers look alike packed and not packed: a body of varints.
   */
  nextField(message: Message): number {
    while (this.offset < this.limit) {
      this.fieldOffset = this.offset;
      const tag = this.#tag(message.name);
      const field = tag >>> 3;
      const kind = field < message.kinds.length ? (message.kinds[field] as FieldKind) : KIND.unknown;
      if (kind === KIND.unknown) {
        this.#skipValue(tag & 7, message.name);
        continue;
      }
      this.#readValue(tag & 7, kind, message.fieldNames[field]!);
      return field;
    }
    return 0;
  }

  /** Calls `use` for each number of the repeated field at hand, the number being in the lanes. */
  eachNumber(name: string, use: () => void): void {
    const outerLimit = this.limit;
    this.limit = this.bodyEnd;
    while (this.offset < this.limit) {
      this.varint(name);
      use();
    }
    this.limit = outerLimit;
  }

  /** The error for the field at hand. */
  malformed(why: string): Error {
    return this.failures.malformed(why, this.fieldOffset);
  }

  #tag(message: string): number {
    this.varint(message);
    const field = this.low >>> 3;
    if (this.high !== 0 || field === 0 || field > MAX_FIELD_NUMBER) {
      throw this.malformed(`${message} has field number ${this.uint64() >> 3n}`);
    }
    return this.low >>> 0;
  }

  #readValue(wireType: number, kind: FieldKind, name: string): void {
    if (wireType === WIRE.varint && kind === KIND.scalar) {
      this.varint(name);
    } else if (wireType === WIRE.length && kind !== KIND.scalar) {
      const length = this.length(name);
      this.bodyEnd = this.offset + length;
    } else if (wireType === WIRE.varint && kind === KIND.repeated) {
      this.bodyEnd = this.#endOfVarint();
    } else {
      throw this.malformed(`${name} has wire type ${wireType}`);
    }
  }

  #endOfVarint(): number {
    let end = this.offset;
    while (end < this.limit && this.bytes[end]! >= 0x80) end++;
    return Math.min(end + 1, this.limit);
  }

  #skipValue(wireType: number, message: string): void {
    const what = `an unknown field of ${message}`;
    if (wireType === WIRE.varint) this.varint(what);
    else if (wireType === WIRE.length) this.skip(this.length(what), what);
    else if (wireType === WIRE.fixed64) this.skip(8, what);
    else if (wireType === WIRE.fixed32) this.skip(4, what);
    else throw this.malformed(`${what} has wire type ${wireType}`);
  }
}
