import type { StackId, Stacks } from './stack.ts';

/**
 * What the leak engine reads: per process lifetime, the value of every stack over time.
 *
 * A segment is one (instance, version, session): `instance` is the first present of the labels pod, hostname,
 * instance, host, else the session; `session` is `__session_id__` ('' where the client sends none). One process sends
 * under several label sets (`otel.scope.name` differs between its profilers); they are joined here.
 */
export interface ServiceHistory {
  readonly service: string;
  readonly segments: readonly Segment[];
  /** Frames of every stack id that occurs in a segment. */
  readonly stacks: Stacks;
}

export interface Segment {
  readonly instance: string;
  readonly version: string;
  readonly session: string;
  readonly goroutines: StackHistory | null;
  /** Samples of Go's `goroutineleak` profile: goroutines that the garbage collector proved to be stuck for ever. */
  readonly goroutineLeaks: StackHistory | null;
  readonly inuseSpace: StackHistory | null;
  readonly inuseObjects: StackHistory | null;
  /** Bytes allocated since the previous point (a counter, summed), where the client sends it. */
  readonly allocSpace: StackHistory | null;
  /** Mean bytes between two heap samples (the pprof period, 524288 by default). */
  readonly heapPeriodBytes: number;
}

/**
 * Values over time of all stacks of one profile type in one segment.
 *
 * Shapes: n points; `timesS` ascending, s since the epoch (fractions kept); `coveredS[i]` the time that profile i covers
 * (its duration; sum of durations when several were folded into a point); `totals` and every array of `byStack` have n
 * values. A stack absent from an existing profile counts 0; no profile is no point.
 * Gauges: the last profile of a bin. Counters: the sum over a bin.
 */
export interface StackHistory {
  readonly timesS: Float64Array;
  readonly coveredS: Float64Array;
  readonly totals: Float64Array;
  readonly byStack: ReadonlyMap<StackId, Float64Array>;
}
