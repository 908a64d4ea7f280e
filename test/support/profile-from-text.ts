import type { Profile, SampleLabel, ValueType } from '../../src/model/profile.ts';
import type { Frame } from '../../src/model/stack.ts';

/** What a text picture does not show; defaults: in-use space in bytes, period 524288, taken at 0, no duration. */
export interface PictureOptions {
  readonly sampleTypes?: readonly ValueType[];
  readonly periodType?: ValueType;
  readonly period?: bigint;
  readonly timeNs?: bigint;
  readonly durationNs?: bigint;
}

/**
 * Makes a profile from folded text: a sample a line, root first, then a value for each sample type.
 *
 *     profileFromText(`
 *       main;handler;work@work.go:12 10
 *       main;handler;sleep           3 {request=abc bytes=48}
 *     `)
 *
 * A frame is `function`, `function@file` or `function@file:line`. A line with values alone is a sample with the empty
 * stack. Labels stand last, in braces: whole numbers become number labels without a unit. Blank lines do not count.
 * Negative values are written `-3`. Frames and stacks are stored once, in the order of their first use.
 */
export function profileFromText(picture: string, options: PictureOptions = {}): Profile {
  const sampleTypes = options.sampleTypes ?? [{ type: 'inuse_space', unit: 'bytes' }];
  const frames = new Numbering<Frame>();
  const stacks = new Numbering<readonly number[]>();
  const sampleStacks: number[] = [];
  const sampleValues: bigint[] = [];
  const sampleLabels = new Map<number, readonly SampleLabel[]>();
  for (const line of picture.split('\n')) {
    if (line.trim() === '') continue;
    const { frameTexts, values, labels } = parseLine(line.trim());
    if (values.length !== sampleTypes.length) {
      throw new Error(`"${line.trim()}" has ${values.length} values for ${sampleTypes.length} sample types`);
    }
    const leafFirst = frameTexts.reverse().map((text) => frames.of(text, parseFrame(text)));
    if (labels.length > 0) sampleLabels.set(sampleStacks.length, labels);
    sampleStacks.push(stacks.of(leafFirst.join(' '), leafFirst));
    sampleValues.push(...values);
  }
  const stackOffsets = [0];
  for (const stack of stacks.items) stackOffsets.push(stackOffsets.at(-1)! + stack.length);
  return {
    sampleTypes,
    periodType: options.periodType ?? { type: 'space', unit: 'bytes' },
    period: options.period ?? 524288n,
    timeNs: options.timeNs ?? 0n,
    durationNs: options.durationNs ?? 0n,
    frames: frames.items,
    stackOffsets: Int32Array.from(stackOffsets),
    stackFrames: Int32Array.from(stacks.items.flat()),
    sampleStacks: Int32Array.from(sampleStacks),
    sampleValues: BigInt64Array.from(sampleValues),
    sampleLabels,
  };
}

/**
 * The reverse of `profileFromText` for one sample type: values added up by stack, a line each, sorted; labels are left
 * out, and so are stacks whose sum is 0.
 */
export function profileToFolded(profile: Profile, typeIndex = 0): string {
  const sums = new Map<string, bigint>();
  for (const [sample, stack] of profile.sampleStacks.entries()) {
    const indices = profile.stackFrames.subarray(profile.stackOffsets[stack], profile.stackOffsets[stack + 1]);
    const text = Array.from(indices, (index) => formatFrame(profile.frames[index]!))
      .reverse()
      .join(';');
    const value = profile.sampleValues[sample * profile.sampleTypes.length + typeIndex]!;
    sums.set(text, (sums.get(text) ?? 0n) + value);
  }
  return [...sums]
    .filter(([, sum]) => sum !== 0n)
    .map(([text, sum]) => `${text} ${sum}`.trimStart())
    .sort()
    .join('\n');
}

function parseLine(line: string): { frameTexts: string[]; values: bigint[]; labels: SampleLabel[] } {
  const match = /^(.*?)((?:(?:^|\s+)-?\d+)+)(?:\s*\{(.*)\})?$/.exec(line);
  if (!match) throw new Error(`"${line}" is not "root;...;leaf value... {label=value}"`);
  const [, stack = '', values = '', labels = ''] = match;
  return {
    frameTexts: stack === '' ? [] : stack.split(';'),
    values: values.trim().split(/\s+/).map(BigInt),
    labels: labels.split(/\s+/).filter(Boolean).map(parseLabel),
  };
}

function parseLabel(text: string): SampleLabel {
  const [key = '', value = ''] = text.split('=');
  return /^-?\d+$/.test(value) ? { key, number: BigInt(value), unit: '' } : { key, text: value };
}

function parseFrame(text: string): Frame {
  const [, name = '', file = '', line = '0'] = /^(.*?)(?:@(.*?)(?::(\d+))?)?$/.exec(text) ?? [];
  return { function: name, file, line: Number(line) };
}

function formatFrame(frame: Frame): string {
  const line = frame.line === 0 ? '' : `:${frame.line}`;
  return frame.file === '' && line === '' ? frame.function : `${frame.function}@${frame.file}${line}`;
}

class Numbering<T> {
  readonly items: T[] = [];
  readonly #indices = new Map<string, number>();

  of(key: string, item: T): number {
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    this.#indices.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}
