import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash64 } from '../../src/base/hash.ts';
import { type Labels, makeLabels } from '../../src/model/labels.ts';
import type { Frame } from '../../src/model/stack.ts';
import type { StackSymbols, Upload } from '../../src/store/profile-store.ts';

export const INUSE_SPACE = 'memory:inuse_space:bytes:space:bytes';
export const ALLOC_SPACE = 'memory:alloc_space:bytes:space:bytes';
export const CPU = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
export const GOROUTINES = 'goroutines:goroutine:count:goroutine:count';

/** A stack as text: function names leaf first, `main.f;main.g`; '' is the empty stack. */
export type StackText = string;

export interface UploadText {
  readonly tenant?: string;
  readonly service?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly timeNs: bigint;
  readonly durationNs?: bigint;
  readonly period?: bigint;
  /** Profile type -> stack -> value. */
  readonly profiles: Readonly<Record<string, Readonly<Record<StackText, bigint | number>>>>;
}

export function stackIdOf(text: StackText): bigint {
  return text === '' ? 0n : hash64(text);
}

/** An upload as `ingest/` makes it, from stacks in text. Frame i of a stack has file `<function>.go` and line i + 1. */
export function makeUpload(text: UploadText): Upload {
  const { tenant = 'anonymous', service = 'shop', durationNs = 15_000_000_000n, period = 0n } = text;
  const stacks = [...new Set(Object.values(text.profiles).flatMap((stack) => Object.keys(stack)))];
  stacks.sort((a, b) => (stackIdOf(a) < stackIdOf(b) ? -1 : 1));
  return {
    tenant,
    service,
    labels: labelsOf(service, text.labels ?? {}),
    timeNs: text.timeNs,
    durationNs,
    period,
    stackIds: BigUint64Array.from(stacks, stackIdOf),
    rows: Object.entries(text.profiles).map(([profileType, values]) => {
      const aligned = BigInt64Array.from(stacks, (stack) => BigInt(values[stack] ?? 0));
      return { profileType, values: aligned, total: aligned.reduce((sum, value) => sum + value, 0n) };
    }),
    symbols: symbolsOf(stacks.map(framesOf)),
  };
}

function labelsOf(service: string, labels: Readonly<Record<string, string>>): Labels {
  return makeLabels([...Object.entries(labels), ['service_name', service]]);
}

export function framesOf(text: StackText): Frame[] {
  if (text === '') return [];
  return text.split(';').map((name, i) => ({ function: name, file: `${name}.go`, line: i + 1 }));
}

function symbolsOf(stacks: readonly (readonly Frame[])[]): StackSymbols {
  const strings: string[] = [];
  const frames = stacks.flat();
  const indexOf = (value: string): number => {
    const known = strings.indexOf(value);
    return known >= 0 ? known : strings.push(value) - 1;
  };
  const offsets = [0];
  for (const stack of stacks) offsets.push((offsets.at(-1) ?? 0) + stack.length);
  return {
    frameFunction: Int32Array.from(frames, (frame) => indexOf(frame.function)),
    frameFile: Int32Array.from(frames, (frame) => indexOf(frame.file)),
    frameLine: Int32Array.from(frames, (frame) => frame.line),
    stackOffsets: Int32Array.from(offsets),
    stackFrames: Int32Array.from(frames, (_, i) => i),
    strings,
  };
}

/** A directory of its own, and how to remove it. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'leakscope-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
