import type { FieldReader } from './field-reader.ts';

/**
 * How much a profile may hold. Decoded tables are larger than the bytes: an empty string takes 2 bytes of input and 30 of
 * memory, a location with a thousand inlined lines lets one byte stand for a thousand frames. Each limit is far above any
 * profile of a real program and keeps its table below about 250 MB, whatever the bytes say.
 */
export const LIMITS = {
  /** Messages and strings at the top level. */
  messages: 2 ** 22,
  sampleTypes: 64,
  /** Samples times sample types. */
  values: 2 ** 24,
  /** Lines of all locations; a location without any counts as one. */
  lines: 2 ** 21,
  /** Frames of all samples; what is cut off of deep stacks counts, since it is work all the same. */
  sampleFrames: 2 ** 25,
  /** Labels of all samples. */
  labels: 2 ** 22,
} as const;

const NAMES: Readonly<Record<keyof typeof LIMITS, string>> = {
  messages: 'messages',
  sampleTypes: 'sample types',
  values: 'values',
  lines: 'lines',
  sampleFrames: 'frames in its stacks',
  labels: 'labels',
};

/** Frames kept of a stack, those nearest the root; a deeper one is endless recursion, whose leaf end says nothing. */
export const MAX_STACK_DEPTH = 1000;

/** Throws pprofMalformed at the field at hand if `count` is above its limit. */
export function checkLimit(reader: FieldReader, what: keyof typeof LIMITS, count: number): void {
  if (count > LIMITS[what]) throw reader.malformed(`the profile has more than ${LIMITS[what]} ${NAMES[what]}`);
}
