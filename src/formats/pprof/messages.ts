/** The messages of github.com/google/pprof/proto/profile.proto: numbers, kinds and names of their fields. */

/** How a field is encoded; `repeated` are numbers, packed or not. */
export const KIND = { unknown: 0, scalar: 1, body: 2, repeated: 3 } as const;
export type FieldKind = (typeof KIND)[keyof typeof KIND];

/** Tags up to this field number take one byte. No message of pprof has a field beyond it. */
const MAX_ONE_BYTE_FIELD = 15;

/** Columns by field number; `fieldNames` carry the name of the message, for errors. */
export interface Message {
  readonly name: string;
  readonly kinds: Uint8Array;
  readonly fieldNames: readonly string[];
  /** What errors call any other field. */
  readonly unknownField: string;
}

export const PROFILE = {
  sampleType: 1,
  sample: 2,
  mapping: 3,
  location: 4,
  function: 5,
  stringTable: 6,
  dropFrames: 7,
  keepFrames: 8,
  timeNanos: 9,
  durationNanos: 10,
  periodType: 11,
  period: 12,
  comment: 13,
  defaultSampleType: 14,
  docUrl: 15,
} as const;
export const VALUE_TYPE = { type: 1, unit: 2 } as const;
export const SAMPLE = { locationId: 1, value: 2, label: 3 } as const;
export const LABEL = { key: 1, text: 2, number: 3, unit: 4 } as const;
export const MAPPING = { id: 1, filename: 5, buildId: 6 } as const;
export const LOCATION = { id: 1, mappingId: 2, address: 3, line: 4 } as const;
export const LINE = { functionId: 1, line: 2 } as const;
export const FUNCTION = { id: 1, name: 2, systemName: 3, filename: 4 } as const;

export const PROFILE_MESSAGE = message('profile', [
  ['sample_type', KIND.body],
  ['sample', KIND.body],
  ['mapping', KIND.body],
  ['location', KIND.body],
  ['function', KIND.body],
  ['string_table', KIND.body],
  ['drop_frames', KIND.scalar],
  ['keep_frames', KIND.scalar],
  ['time_nanos', KIND.scalar],
  ['duration_nanos', KIND.scalar],
  ['period_type', KIND.body],
  ['period', KIND.scalar],
  ['comment', KIND.repeated],
  ['default_sample_type', KIND.scalar],
  ['doc_url', KIND.scalar],
]);
export const VALUE_TYPE_MESSAGE = message('value_type', [
  ['type', KIND.scalar],
  ['unit', KIND.scalar],
]);
export const SAMPLE_MESSAGE = message('sample', [
  ['location_id', KIND.repeated],
  ['value', KIND.repeated],
  ['label', KIND.body],
]);
export const LABEL_MESSAGE = message('label', [
  ['key', KIND.scalar],
  ['str', KIND.scalar],
  ['num', KIND.scalar],
  ['num_unit', KIND.scalar],
]);
export const MAPPING_MESSAGE = message('mapping', [
  ['id', KIND.scalar],
  ['memory_start', KIND.scalar],
  ['memory_limit', KIND.scalar],
  ['file_offset', KIND.scalar],
  ['filename', KIND.scalar],
  ['build_id', KIND.scalar],
  ['has_functions', KIND.scalar],
  ['has_filenames', KIND.scalar],
  ['has_line_numbers', KIND.scalar],
  ['has_inline_frames', KIND.scalar],
]);
export const LOCATION_MESSAGE = message('location', [
  ['id', KIND.scalar],
  ['mapping_id', KIND.scalar],
  ['address', KIND.scalar],
  ['line', KIND.body],
  ['is_folded', KIND.scalar],
]);
export const LINE_MESSAGE = message('line', [
  ['function_id', KIND.scalar],
  ['line', KIND.scalar],
  ['column', KIND.scalar],
]);
export const FUNCTION_MESSAGE = message('function', [
  ['id', KIND.scalar],
  ['name', KIND.scalar],
  ['system_name', KIND.scalar],
  ['filename', KIND.scalar],
  ['start_line', KIND.scalar],
]);

/** Fields are numbered from 1 without gaps. */
function message(name: string, fields: readonly (readonly [name: string, kind: FieldKind])[]): Message {
  const kinds = new Uint8Array(MAX_ONE_BYTE_FIELD + 1);
  kinds.set(
    fields.map(([, kind]) => kind),
    1,
  );
  const fieldNames = ['', ...fields.map(([field]) => `${name}.${field}`)];
  return { name, kinds, fieldNames, unknownField: `a field of ${name}` };
}
