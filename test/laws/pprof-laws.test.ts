import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/base/problem.ts';
import { decodePprof } from '../../src/formats/pprof/decode.ts';
import { encodePprof } from '../../src/formats/pprof/encode.ts';
import { MAX_STACK_DEPTH } from '../../src/formats/pprof/limits.ts';
import { MessageWriter } from '../../src/formats/pprof/message-writer.ts';
import type { Profile, SampleLabel } from '../../src/model/profile.ts';
import type { Frame } from '../../src/model/stack.ts';
import { recordedProfiles } from '../support/recorded.ts';

const FLIPS_PER_PROFILE = 2000;
/** Prefixes of each length up to this, then every `PREFIX_STEP`th: no fixture has more than 17 kB. */
const EVERY_PREFIX_BELOW = 4096;
const PREFIX_STEP = 7;

const int64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -300n, max: 300n }));
const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 6 }));
const frame: fc.Arbitrary<Frame> = fc.record({
  function: fc.oneof(fc.constantFrom('main.main', 'main.work', 'runtime.goexit'), text).filter((name) => name !== ''),
  file: fc.oneof(fc.constantFrom('', 'main.go'), text),
  line: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 2 ** 31 - 1 })),
});
const label: fc.Arbitrary<SampleLabel> = fc.oneof(
  fc.record({ key: text, text: text.filter((value) => value !== '') }),
  fc.record({ key: text, number: int64, unit: text }),
);
const typeName = text.filter((name) => name !== '' && !name.includes('-'));

/** Any legal profile, as samples with their own frames. */
const picture = fc
  .array(fc.record({ type: typeName, unit: text }), { minLength: 1, maxLength: 4 })
  .chain((sampleTypes) =>
    fc.record({
      sampleTypes: fc.constant(sampleTypes),
      periodType: fc.record({ type: text, unit: text }),
      period: int64,
      timeNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      durationNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      samples: fc.array(
        fc.record({
          stack: fc.array(frame, { maxLength: 8 }),
          values: fc.array(int64, { minLength: sampleTypes.length, maxLength: sampleTypes.length }),
          labels: fc.array(label, { maxLength: 2 }),
        }),
        { maxLength: 20 },
      ),
    }),
  );
type Picture = typeof picture extends fc.Arbitrary<infer T> ? T : never;

describe('a profile', () => {
  it('is the same after encode and decode', () => {
    fc.assert(
      fc.property(picture, (given) => {
        const profile = profileOf(given);
        expect({ ...decodePprof(encodePprof(profile)) }).toEqual(profile);
      }),
    );
  });

  it('keeps the sum of its values per sample type, though samples share stacks', () => {
    fc.assert(
      fc.property(picture, (given) => {
        const profile = decodePprof(encodePprof(profileOf(given)));
        const sums = given.sampleTypes.map((_, k) => given.samples.reduce((sum, { values }) => sum + values[k]!, 0n));
        expect(sumsOf(profile)).toEqual(sums);
      }),
    );
  });

  it('is the same in any order of its fields, if those of one number keep theirs', () => {
    fc.assert(
      fc.property(picture, fc.array(fc.nat(), { minLength: 16, maxLength: 16 }), (given, ranks) => {
        const bytes = encodePprof(profileOf(given));
        const fields = topLevelFields(bytes).sort((a, b) => ranks[a.number]! - ranks[b.number]!);
        expect({ ...decodePprof(join(fields.map((field) => field.bytes))) }).toEqual({ ...decodePprof(bytes) });
      }),
    );
  });

  it('is the same with unknown fields in between', () => {
    const unknownField = fc.oneof(
      fc.tuple(fc.integer({ min: 16, max: 2 ** 20 }), fc.uint8Array({ maxLength: 20 })).map(([number, body]) => {
        const writer = new MessageWriter();
        writer.bytes(number, body);
        return writer.finish();
      }),
      fc.tuple(fc.integer({ min: 16, max: 2 ** 20 }), int64).map(([number, value]) => {
        const writer = new MessageWriter();
        writer.scalar(number, value);
        return writer.finish();
      }),
    );
    fc.assert(
      fc.property(picture, fc.array(unknownField, { minLength: 1, maxLength: 4 }), fc.nat(), (given, unknown, at) => {
        const bytes = encodePprof(profileOf(given));
        const fields = topLevelFields(bytes).map((field) => field.bytes);
        fields.splice(at % (fields.length + 1), 0, ...unknown);
        expect({ ...decodePprof(join(fields)) }).toEqual({ ...decodePprof(bytes) });
      }),
    );
  });
});

describe('damaged bytes', async () => {
  const recorded = await recordedProfiles();

  it.each(recorded)('$name: every prefix is refused, or is a legal profile', ({ pprof }) => {
    for (let end = 0; end < pprof.length; end += end < EVERY_PREFIX_BELOW ? 1 : PREFIX_STEP) {
      checkProblemOrProfile(pprof.subarray(0, end));
    }
  });

  it.each(recorded)(`$name: ${FLIPS_PER_PROFILE} byte changes are refused, or give a legal profile`, ({ pprof }) => {
    const random = mulberry32(pprof.length);
    const bytes = pprof.slice();
    for (let i = 0; i < FLIPS_PER_PROFILE; i++) {
      const at = Math.floor(random() * bytes.length);
      const old = bytes[at]!;
      bytes[at] = random() < 0.5 ? old ^ (1 << Math.floor(random() * 8)) : Math.floor(random() * 256);
      checkProblemOrProfile(bytes);
      // Some damage stays, so that errors meet.
      if (random() < 0.9) bytes[at] = old;
      else if (i % 100 === 99) bytes.set(pprof);
    }
  });

  it('of any kind are refused, or are a legal profile', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => checkProblemOrProfile(bytes)),
      { numRuns: 2000 },
    );
  });
});

/** Numbers frames and stacks in the order of their first use, as the encoder and decoder do. */
function profileOf(given: Picture): Profile {
  const frames = new Map<string, { index: number; frame: Frame }>();
  const stacks = new Map<string, { index: number; frames: number[] }>();
  const sampleStacks = given.samples.map(({ stack }) => {
    const indices = stack.map((item) => {
      const key = JSON.stringify([item.function, item.file, item.line]);
      if (!frames.has(key)) frames.set(key, { index: frames.size, frame: item });
      return frames.get(key)!.index;
    });
    const key = indices.join();
    if (!stacks.has(key)) stacks.set(key, { index: stacks.size, frames: indices });
    return stacks.get(key)!.index;
  });
  const stackOffsets = [0];
  for (const stack of stacks.values()) stackOffsets.push(stackOffsets.at(-1)! + stack.frames.length);
  const labelled = given.samples.flatMap(({ labels }, i) => (labels.length > 0 ? [[i, labels] as const] : []));
  return {
    sampleTypes: given.sampleTypes,
    periodType: given.periodType,
    period: given.period,
    timeNs: given.timeNs,
    durationNs: given.durationNs,
    frames: [...frames.values()].map((entry) => entry.frame),
    stackOffsets: Int32Array.from(stackOffsets),
    stackFrames: Int32Array.from([...stacks.values()].flatMap((stack) => stack.frames)),
    sampleStacks: Int32Array.from(sampleStacks),
    sampleValues: BigInt64Array.from(given.samples.flatMap(({ values }) => values)),
    sampleLabels: new Map(labelled),
  };
}

function sumsOf(profile: Profile): bigint[] {
  const typeCount = profile.sampleTypes.length;
  return profile.sampleTypes.map((_, k) =>
    profile.sampleValues.reduce((sum, value, i) => (i % typeCount === k ? sum + value : sum), 0n),
  );
}

/** A `Problem` of the registry, or tables that hold together; anything else fails. */
function checkProblemOrProfile(bytes: Uint8Array): void {
  let profile: Profile;
  try {
    profile = decodePprof(bytes);
  } catch (error) {
    if (error instanceof Problem && ['pprofTruncated', 'pprofMalformed', 'notAProfile'].includes(error.key)) {
      const offset = Number(error.details.offset ?? 0);
      if (offset >= 0 && offset <= bytes.length) return;
    }
    throw error;
  }
  const why = faultOf(profile);
  if (why !== undefined) throw new Error(why);
}

/** What is wrong with the tables; plain comparisons, since `expect` would take most of the time of a test. */
function faultOf(profile: Profile): string | undefined {
  const { sampleTypes, sampleStacks, sampleValues, stackOffsets, stackFrames, frames, sampleLabels } = profile;
  if (sampleTypes.length === 0) return 'no sample types';
  if (sampleValues.length !== sampleStacks.length * sampleTypes.length) return 'values and samples differ in number';
  if (stackOffsets[0] !== 0 || stackOffsets.at(-1) !== stackFrames.length) return 'offsets do not cover the frames';
  for (let s = 1; s < stackOffsets.length; s++) {
    const depth = stackOffsets[s]! - stackOffsets[s - 1]!;
    if (depth < 0 || depth > MAX_STACK_DEPTH) return `stack of depth ${depth}`;
  }
  if (stackFrames.some((index) => frames[index] === undefined)) return 'frame out of range';
  if (sampleStacks.some((index) => index < 0 || index + 1 >= stackOffsets.length)) return 'stack out of range';
  if (frames.some((item) => typeof item.function !== 'string' || !(item.line >= 0))) return 'odd frame';
  const distinct = new Set(frames.map((item) => `${item.function}\0${item.file}\0${item.line}`));
  if (distinct.size !== frames.length) return 'a frame is there twice';
  for (const sample of sampleLabels.keys()) if (sample >= sampleStacks.length) return 'label of no sample';
  return undefined;
}

/** Cuts bytes of our encoder (only varint and length-delimited fields) into fields. */
function topLevelFields(bytes: Uint8Array): { number: number; bytes: Uint8Array }[] {
  const fields: { number: number; bytes: Uint8Array }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const begin = at;
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 2) at += value;
    fields.push({ number: tag >>> 3, bytes: bytes.subarray(begin, at) });
  }
  return fields;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A small seeded generator, so that a failure can be had again. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
