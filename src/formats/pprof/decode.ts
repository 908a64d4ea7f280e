import { Problem, problem } from '../../base/problem.ts';
import type { Profile, ValueType } from '../../model/profile.ts';
import { FieldReader } from './field-reader.ts';
import type { IntList } from './int-list.ts';
import { LabelTable } from './labels.ts';
import { checkLimit } from './limits.ts';
import { readLocations } from './locations.ts';
import { PROFILE, VALUE_TYPE, VALUE_TYPE_MESSAGE } from './messages.ts';
import { whyNotAProfile } from './not-a-profile.ts';
import { readSamples } from './samples.ts';
import { checkUnusedString, readSections } from './sections.ts';
import { StringTable } from './string-table.ts';

const SHOWN_CHARACTERS = 80;
/** Offsets are kept as signed 32-bit numbers. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Decodes a pprof profile (github.com/google/pprof/proto/profile.proto), already decompressed.
 *
 * Strict: what is cut off or inconsistent is refused with the byte offset, never guessed. Exceptions that real clients
 * need: unknown fields are passed over, a later scalar wins over an earlier one, a location without lines
 * becomes a frame named by its address (`0x4f2a10`, file = base name of the mapping), and a negative time or duration
 * counts as not set. Stacks are cut to the `MAX_STACK_DEPTH` frames nearest the root. `sampleLabels` is made on first
 * use. Time and memory are linear in the input, and bounded by `LIMITS`.
 *
 * Throws pprofTruncated, pprofMalformed, notAProfile (text, HTML, JSON, ...), profileTooLarge (above 2 GiB).
 */
export function decodePprof(bytes: Uint8Array): Profile {
  if (bytes.length > MAX_BYTES) throw problem('profileTooLarge', { what: 'profile', limitBytes: MAX_BYTES });
  try {
    return decode(new FieldReader(bytes));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const why = whyNotAProfile(bytes);
    throw why === undefined ? error : problem('notAProfile', { why }, error);
  }
}

function decode(reader: FieldReader): Profile {
  const sections = readSections(reader);
  const strings = new StringTable(reader, sections.bodies[PROFILE.stringTable]!);
  checkUnusedString(reader, strings, sections.unusedString);
  const sampleTypes = readSampleTypes(reader, sections.bodies[PROFILE.sampleType]!, strings);
  const [periodType = { type: '', unit: '' }] = readValueTypes(
    reader,
    sections.bodies[PROFILE.periodType]!,
    strings,
  ).slice(-1);
  const locations = readLocations(reader, sections, strings);
  const labels = new LabelTable(strings);
  const samples = readSamples(reader, sections.bodies[PROFILE.sample]!, sampleTypes.length, locations, labels);
  return {
    sampleTypes,
    periodType,
    period: sections.period,
    timeNs: sections.timeNs > 0n ? sections.timeNs : 0n,
    durationNs: sections.durationNs > 0n ? sections.durationNs : 0n,
    frames: locations.frames,
    stackOffsets: samples.stacks.offsets.toArray(),
    stackFrames: samples.stacks.frames.toArray(),
    sampleStacks: samples.sampleStacks,
    sampleValues: samples.sampleValues,
    get sampleLabels() {
      return labels.bySample();
    },
  };
}

/** A name with `-` is refused: profile type ids are split and joined with others that cannot have it (wire format). */
function readSampleTypes(reader: FieldReader, bodies: IntList, strings: StringTable): ValueType[] {
  const types = readValueTypes(reader, bodies, strings);
  if (types.length === 0) throw reader.failures.malformed('profile.sample_type is missing', reader.bytes.length);
  for (const [i, { type }] of types.entries()) {
    const begin = bodies.items[2 * i]!;
    if (type === '') throw reader.failures.malformed('a sample type has no name', begin);
    if (type.includes('-'))
      throw reader.failures.malformed(`sample type "${type.slice(0, SHOWN_CHARACTERS)}" contains "-"`, begin);
  }
  return types;
}

function readValueTypes(reader: FieldReader, bodies: IntList, strings: StringTable): ValueType[] {
  const types: ValueType[] = [];
  checkLimit(reader, 'sampleTypes', bodies.length / 2);
  for (let i = 0; i < bodies.length; i += 2) {
    reader.enter(bodies.items[i]!, bodies.items[i + 1]!);
    let type = 0;
    let unit = 0;
    for (let field = reader.nextField(VALUE_TYPE_MESSAGE); field !== 0; field = reader.nextField(VALUE_TYPE_MESSAGE)) {
      if (field === VALUE_TYPE.type) type = strings.indexAtHand('value_type.type');
      else unit = strings.indexAtHand('value_type.unit');
    }
    types.push({ type: strings.text(type), unit: strings.text(unit) });
  }
  return types;
}
