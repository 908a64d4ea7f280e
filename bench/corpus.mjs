/**
 * Profiles of a made-up service as its instances would push them: heap, CPU and goroutines, as large as those of a
 * middling Go service. The same in every run.
 */
import { gzipSync } from 'node:zlib';
import { encodePprof } from '../dist/formats/pprof/encode.js';

const HEAP_TYPES = ['alloc_objects/count', 'alloc_space/bytes', 'inuse_objects/count', 'inuse_space/bytes'];
const SPACE = { type: 'space', unit: 'bytes' };
const KINDS = [
  { types: HEAP_TYPES, periodType: SPACE, stacks: 1000, frames: 800, largest: 1e8 },
  {
    types: ['samples/count', 'cpu/nanoseconds'],
    periodType: { type: 'cpu', unit: 'nanoseconds' },
    stacks: 1100,
    frames: 1000,
    largest: 100,
  },
  {
    types: ['goroutine/count'],
    periodType: { type: 'goroutine', unit: 'count' },
    stacks: 220,
    frames: 260,
    largest: 500,
  },
];
const BOUNDARY = 'a-boundary-that-no-profile-has';
/** Of the stacks of the program. */
const SEEN_BY_AN_INSTANCE = 0.9;
/** Of the values of a profile with several types: most of what was allocated is no longer in use. */
const ZERO = 0.4;

/** The pushes of `instances` instances, one of each kind: `{name, body}` with the body as the Go SDK writes it. */
export function makeCorpus(instances) {
  const random = lehmer(20_261_123);
  const frames = makeFrames(random, 1000);
  const programs = KINDS.map((kind) => makeStacks(random, kind.frames, kind.stacks));
  return Array.from({ length: instances }, (_, i) =>
    KINDS.map((kind, k) => ({
      name: `shop{pod=shop-${i},version=v1.4.2,region=eu}`,
      body: formOf(gzipSync(profileOf(random, kind, frames.slice(0, kind.frames), programs[k]))),
    })),
  ).flat();
}

export const CONTENT_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** Numbers that are the same in every run. */
function lehmer(seed) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function makeFrames(random, count) {
  const words = 'order cart price stock user token cache index queue batch route frame query chunk event lease'.split(
    ' ',
  );
  const word = () => words[Math.floor(random() * words.length)];
  return Array.from({ length: count }, (_, i) => {
    const path = `example.com/shop/internal/${word()}/${word()}`;
    const type = word();
    const name = `${path}.(*${type[0].toUpperCase()}${type.slice(1)}).${word()}${i % 97}`;
    return { function: name, file: `/src/${path}/${type}.go`, line: 1 + Math.floor(random() * 900) };
  });
}

/** Leaf first. Each branches off an earlier one, as call paths do. */
function makeStacks(random, frameCount, count) {
  const rootFirst = [[0]];
  while (rootFirst.length < count) {
    const trunk = rootFirst[Math.floor(random() * rootFirst.length)];
    const stack = trunk.slice(0, 1 + Math.floor(random() * trunk.length));
    const calls = 1 + Math.floor(random() * 9);
    for (let i = 0; i < calls && stack.length < 45; i++) stack.push(Math.floor(frameCount * random() ** 2));
    rootFirst.push(stack);
  }
  return rootFirst.map((stack) => stack.reverse());
}

function profileOf(random, { types, periodType, largest }, frames, program) {
  const stacks = program.filter(() => random() < SEEN_BY_AN_INSTANCE);
  const stackOffsets = [0];
  for (const stack of stacks) stackOffsets.push(stackOffsets.at(-1) + stack.length);
  // Many small values and few large ones.
  const isZero = () => types.length > 1 && random() < ZERO;
  const value = () => (isZero() ? 0n : BigInt(Math.floor(largest ** random())));
  return encodePprof({
    sampleTypes: types.map((text) => text.split('/')).map(([type, unit]) => ({ type, unit })),
    periodType,
    period: 524_288n,
    // Not set: the time of the push counts.
    timeNs: 0n,
    durationNs: 15_000_000_000n,
    frames,
    stackOffsets: Int32Array.from(stackOffsets),
    stackFrames: Int32Array.from(stacks.flat()),
    sampleStacks: Int32Array.from(stacks, (_, i) => i),
    sampleValues: BigInt64Array.from({ length: stacks.length * types.length }, value),
    sampleLabels: new Map(),
  });
}

function formOf(profile) {
  const disposition = 'Content-Disposition: form-data; name="profile"; filename="profile.pprof"';
  const head = `--${BOUNDARY}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), profile, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}
