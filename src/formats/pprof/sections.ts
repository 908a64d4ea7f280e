import type { FieldReader } from './field-reader.ts';
import { IntList } from './int-list.ts';
import { checkLimit } from './limits.ts';
import { KIND, PROFILE, PROFILE_MESSAGE } from './messages.ts';
import type { StringTable } from './string-table.ts';

/**
 * The top level of a profile: its scalars, and where its submessages stand. Fields may come in any order (writers put
 * the string table last), so submessages can be decoded only when all of them are found.
 */
export interface Sections {
  /** By field number: begin and end of each body. */
  readonly bodies: readonly IntList[];
  readonly period: bigint;
  readonly timeNs: bigint;
  readonly durationNs: bigint;
  /** The largest index of those strings that are checked and then not used: comments, doc_url, ... */
  readonly unusedString: StringReference;
}

interface StringReference {
  field: number;
  offset: number;
  low: number;
  high: number;
}

/** Reads the top level, once. Throws pprofTruncated, pprofMalformed. */
export function readSections(reader: FieldReader): Sections {
  const bodies = Array.from(PROFILE_MESSAGE.kinds, () => new IntList());
  const unusedString = { field: 0, offset: 0, low: 0, high: 0 };
  let messageCount = 0;
  let period = 0n;
  let timeNs = 0n;
  let durationNs = 0n;
  for (let field = reader.nextField(PROFILE_MESSAGE); field !== 0; field = reader.nextField(PROFILE_MESSAGE)) {
    if (PROFILE_MESSAGE.kinds[field] === KIND.body) {
      checkLimit(reader, 'messages', ++messageCount);
      bodies[field]!.push(reader.offset);
      bodies[field]!.push(reader.bodyEnd);
      reader.offset = reader.bodyEnd;
    } else if (field === PROFILE.timeNanos) timeNs = reader.int64();
    else if (field === PROFILE.durationNanos) durationNs = reader.int64();
    else if (field === PROFILE.period) period = reader.int64();
    else if (field === PROFILE.comment) {
      reader.eachNumber(PROFILE_MESSAGE.fieldNames[field]!, () => keepLargest(reader, field, unusedString));
    } else keepLargest(reader, field, unusedString);
  }
  return { bodies, period, timeNs, durationNs, unusedString };
}

function keepLargest(reader: FieldReader, field: number, largest: StringReference): void {
  const { low, high } = reader;
  if (high >>> 0 < largest.high >>> 0 || (high === largest.high && low >>> 0 <= largest.low >>> 0)) return;
  largest.field = field;
  largest.offset = reader.fieldOffset;
  largest.low = low;
  largest.high = high;
}

/** Checks the strings that nothing reads. Throws pprofMalformed. */
export function checkUnusedString(reader: FieldReader, strings: StringTable, largest: StringReference): void {
  reader.fieldOffset = largest.offset;
  reader.low = largest.low;
  reader.high = largest.high;
  strings.indexAtHand(PROFILE_MESSAGE.fieldNames[largest.field]!);
}
