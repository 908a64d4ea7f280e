import type { Frame } from './stack.ts';

/** A pair of names: what is counted, in which unit. */
export interface ValueType {
  readonly type: string;
  readonly unit: string;
}

/**
 * A decoded profile in column tables. All stacks are leaf first; inlined calls are frames of their own.
 *
 * Shapes: `frames` holds each distinct (function, file, line) once. Stack s consists of
 * `stackFrames[stackOffsets[s] .. stackOffsets[s + 1])`, indices into `frames`. Sample i has stack `sampleStacks[i]`
 * and values `sampleValues[i * sampleTypes.length + k]` for sample type k. `sampleLabels[i]` is absent without labels.
 * Values are exact 64-bit integers.
 */
export interface Profile {
  readonly sampleTypes: readonly ValueType[];
  readonly periodType: ValueType;
  readonly period: bigint;
  /** When the profile was taken (end of the interval for deltas), ns since the epoch; 0 where not set. */
  readonly timeNs: bigint;
  readonly durationNs: bigint;
  readonly frames: readonly Frame[];
  readonly stackOffsets: Int32Array;
  readonly stackFrames: Int32Array;
  readonly sampleStacks: Int32Array;
  readonly sampleValues: BigInt64Array;
  readonly sampleLabels: ReadonlyMap<number, readonly SampleLabel[]>;
}

/** A pprof label of a sample: text, or a number with a unit. */
export type SampleLabel =
  | { readonly key: string; readonly text: string }
  | { readonly key: string; readonly number: bigint; readonly unit: string };
