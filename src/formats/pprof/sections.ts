import type { FieldReader } from './field-reader.ts';
import { IntList } from './int-list.ts';
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
  /** Indices of strings that are checked and then not used (comments, doc_url, ...): field, offset, low, high of each. */
  readonly unusedStrings: IntList;
}

/** Reads the top level, once. Throws pprofTruncated, pprofMalformed. */
export function readSections(reader: FieldReader): Sections {
  const bodies = Array.from(PROFILE_MESSAGE.kinds, () => new IntList());
  const unusedStrings = new IntList();
  let period = 0n;
  let timeNs = 0n;
  let durationNs = 0n;
  for (let field = reader.nextField(PROFILE_MESSAGE); field !== 0; field = reader.nextField(PROFILE_MESSAGE)) {
    if (PROFILE_MESSAGE.kinds[field] === KIND.body) {
      bodies[field]!.push(reader.offset);
      bodies[field]!.push(reader.bodyEnd);
      reader.offset = reader.bodyEnd;
    } else if (field === PROFILE.timeNanos) timeNs = reader.int64();
    else if (field === PROFILE.durationNanos) durationNs = reader.int64();
    else if (field === PROFILE.period) period = reader.int64();
    else if (field === PROFILE.comment) {
      reader.eachNumber(PROFILE_MESSAGE.fieldNames[field]!, () => keepUnused(reader, field, unusedStrings));
    } else keepUnused(reader, field, unusedStrings);
  }
  return { bodies, period, timeNs, durationNs, unusedStrings };
}

function keepUnused(reader: FieldReader, field: number, list: IntList): void {
  for (const value of [field, reader.fieldOffset, reader.low, reader.high]) list.push(value);
}

/** Checks the strings that nothing reads. Throws pprofMalformed. */
export function checkUnusedStrings(reader: FieldReader, strings: StringTable, list: IntList): void {
  for (let i = 0; i < list.length; i += 4) {
    reader.fieldOffset = list.items[i + 1]!;
    reader.low = list.items[i + 2]!;
    reader.high = list.items[i + 3]!;
    strings.indexAtHand(PROFILE_MESSAGE.fieldNames[list.items[i]!]!);
  }
}
