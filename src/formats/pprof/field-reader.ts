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
    const { bytes } = this;
    while (this.offset < this.limit) {
      const begin = this.offset;
      this.fieldOffset = begin;
      const tag = bytes[begin]!;
      const field = tag >>> 3;
      const kind = tag < 0x80 ? (message.kinds[field] as FieldKind) : KIND.unknown;
      if (kind === KIND.unknown) {
        this.#skipField(message);
        continue;
      }
      this.offset = begin + 1;
      const wireType = tag & 7;
      if (wireType === WIRE.varint && kind === KIND.scalar) {
        this.varint(message.fieldNames[field]!);
      } else if (wireType === WIRE.length && kind !== KIND.scalar) {
        const length = this.length(message.fieldNames[field]!);
        this.bodyEnd = this.offset + length;
      } else if (wireType === WIRE.varint && kind === KIND.repeated) {
        this.bodyEnd = this.#endOfVarint();
      } else {
        throw this.malformed(`${message.fieldNames[field]} has wire type ${wireType}`);
      }
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

  #endOfVarint(): number {
    let end = this.offset;
    while (end < this.limit && this.bytes[end]! >= 0x80) end++;
    return Math.min(end + 1, this.limit);
  }

  /** Passes over a field that is unknown, unless a tag of too many bytes hides a known one: no writer makes such. */
  #skipField({ name, unknownField }: Message): void {
    this.varint(unknownField);
    const field = this.low >>> 3;
    const wireType = this.low & 7;
    if (this.high !== 0 || field === 0 || field > MAX_FIELD_NUMBER) {
      throw this.malformed(`${name} has a field of number ${this.uint64() >> 3n}`);
    }
    if (this.low >>> 0 < 0x80 && this.offset - this.fieldOffset > 1) {
      throw this.malformed(`${name} has a field tag that is longer than need be`);
    }
    if (wireType === WIRE.varint) this.varint(unknownField);
    else if (wireType === WIRE.length) this.skip(this.length(unknownField), unknownField);
    else if (wireType === WIRE.fixed64) this.skip(8, unknownField);
    else if (wireType === WIRE.fixed32) this.skip(4, unknownField);
    else throw this.malformed(`field ${field} of ${name} has wire type ${wireType}`);
  }
}
