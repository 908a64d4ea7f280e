import { Hash64 } from '../../src/base/hash.ts';
import type { Segment, ServiceHistory, StackHistory } from '../../src/model/history.ts';
import type { Frame, Stack, StackId } from '../../src/model/stack.ts';

/** Histories with known truth for the leak engine: processes made of places whose values are functions of age. */

/** mulberry32: small, seeded, good enough for test series. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function normalOf(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Poisson by Knuth for small means, by the normal above. */
export function poisson(random: () => number, mean: number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalOf(random)()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** `package.function@file:line`, leaf first. */
export function stackOf(...frames: readonly string[]): Stack {
  return frames.map((text): Frame => {
    const [, name = '', file = '', line = '0'] = /^([^@]+)@?([^:]*):?(\d*)$/.exec(text) ?? [];
    return { function: name, file, line: Number(line) };
  });
}

export const CHAN_SEND = [
  'runtime.gopark@proc.go:462',
  'runtime.chansend@chan.go:283',
  'runtime.chansend1@chan.go:161',
];
export const CHAN_RECEIVE = [
  'runtime.gopark@proc.go:462',
  'runtime.chanrecv@chan.go:667',
  'runtime.chanrecv1@chan.go:509',
];
export const IO_WAIT = [
  'runtime.gopark@proc.go:462',
  'runtime.netpollblock@netpoll.go:575',
  'internal/poll.runtime_pollWait@netpoll.go:351',
  'internal/poll.(*FD).Read@fd_unix.go:165',
  'net.(*netFD).Read@fd_posix.go:68',
  'net.(*conn).Read@net.go:196',
];

export type Curve = (ageS: number, index: number) => number;

export interface Place {
  readonly stack: Stack;
  /** Goroutines parked here. */
  readonly goroutines?: Curve;
  readonly proven?: Curve;
  /** Bytes in use, of objects of `objectBytes`, and bytes allocated since the previous profile. */
  readonly bytes?: Curve;
  readonly objectBytes?: number;
  readonly allocated?: Curve;
}

export interface Process {
  readonly instance?: string;
  readonly version?: string;
  readonly session?: string;
  readonly startS?: number;
  readonly stepS: number;
  readonly points: number;
  readonly places: readonly Place[];
  /** True for profiles that never arrived. */
  readonly isLost?: (index: number) => boolean;
}

export const START_S = 1_795_000_000;
export const HEAP_PERIOD = 524_288;

export function historyOf(processes: readonly Process[], service = 'shop'): ServiceHistory {
  const stacks = new Map<StackId, Stack>();
  for (const { places } of processes) for (const { stack } of places) stacks.set(idOf(stack), stack);
  return { service, segments: processes.map((process, i) => segmentOf(process, i)), stacks };
}

function segmentOf(process: Process, index: number): Segment {
  const { places } = process;
  const hasHeap = places.some((place) => place.bytes);
  return {
    instance: process.instance ?? 'a',
    version: process.version ?? '',
    session: process.session ?? `session-${index}`,
    goroutines: curveOf(process, (place) => place.goroutines),
    goroutineLeaks: places.some((place) => place.proven) ? curveOf(process, (place) => place.proven) : null,
    inuseSpace: hasHeap ? curveOf(process, (place) => place.bytes) : null,
    inuseObjects: hasHeap ? curveOf(process, objectsOf) : null,
    allocSpace: hasHeap ? curveOf(process, (place) => place.allocated) : null,
    heapPeriodBytes: HEAP_PERIOD,
  };
}

function objectsOf({ bytes, objectBytes = 1024 }: Place): Curve | undefined {
  return bytes && ((age, i) => bytes(age, i) / objectBytes);
}

function curveOf(process: Process, pick: (place: Place) => Curve | undefined): StackHistory {
  const kept = Array.from({ length: process.points }, (_, i) => i).filter((i) => !process.isLost?.(i));
  const byStack = new Map<StackId, Float64Array>();
  const totals = new Float64Array(kept.length);
  for (const place of process.places) {
    const curve = pick(place);
    if (curve === undefined) continue;
    const values = byStack.get(idOf(place.stack)) ?? new Float64Array(kept.length);
    for (const [at, i] of kept.entries()) {
      const value = Math.max(0, Math.round(curve((i + 1) * process.stepS, i)));
      values[at]! += value;
      totals[at]! += value;
    }
    byStack.set(idOf(place.stack), values);
  }
  const startS = process.startS ?? START_S;
  return {
    timesS: Float64Array.from(kept, (i) => startS + (i + 1) * process.stepS),
    coveredS: Float64Array.from(kept, () => process.stepS),
    totals,
    byStack,
  };
}

function idOf(stack: Stack): StackId {
  const hash = new Hash64();
  for (const frame of stack) hash.string(frame.function).string(frame.file).uint32(frame.line);
  return hash.bigint();
}

/** Time of the newest profile, ms: "now" for a judgement right after it. */
export function nowMsOf(history: ServiceHistory): number {
  const times = history.segments.flatMap((s) =>
    [s.goroutines, s.inuseSpace].flatMap((h) => (h ? [h.timesS.at(-1) ?? 0] : [])),
  );
  return 1000 * Math.max(...times);
}

/**
 * A live heap as its profile shows it: `objects(age)` objects of `objectBytes` of which each is sampled once and for
 * all, scaled up; objects only ever come.
 */
export function sampledGrowth(random: () => number, objects: Curve, objectBytes: number): Curve {
  const p = -Math.expm1(-objectBytes / HEAP_PERIOD);
  let seen = 0;
  let sampled = 0;
  const byIndex = new Map<number, number>();
  return (age, index) => {
    const known = byIndex.get(index);
    if (known !== undefined) return known;
    for (const target = Math.round(objects(age, index)); seen < target; seen++) if (random() < p) sampled++;
    const bytes = (sampled / p) * objectBytes;
    byIndex.set(index, bytes);
    return bytes;
  };
}
