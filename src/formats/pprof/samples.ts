import type { FieldReader } from './field-reader.ts';
import type { IntList } from './int-list.ts';
import { StackIndex } from './interning.ts';
import type { LabelTable } from './labels.ts';
import { checkLimit, LIMITS, MAX_STACK_DEPTH } from './limits.ts';
import { type Locations, numberAtHand } from './locations.ts';
import { SAMPLE, SAMPLE_MESSAGE } from './messages.ts';

/** Which half of a 64-bit array element is the lower one on this machine. */
const LOW_LANE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

export interface Samples {
  readonly stacks: StackIndex;
  readonly sampleStacks: Int32Array;
  readonly sampleValues: BigInt64Array;
}

/** Reads all samples; each must have a value for every sample type. Throws pprofTruncated, pprofMalformed. */
export function readSamples(
  reader: FieldReader,
  bodies: IntList,
  typeCount: number,
  locations: Locations,
  labels: LabelTable,
): Samples {
  const sampleCount = bodies.length / 2;
  const stacks = new StackBuilder(reader, locations, sampleCount);
  const sampleStacks = new Int32Array(sampleCount);
  checkLimit(reader, 'values', sampleCount * typeCount);
  const sampleValues = new BigInt64Array(sampleCount * typeCount);
  const lanes = new Int32Array(sampleValues.buffer);
  for (let sample = 0; sample < sampleCount; sample++) {
    const begin = bodies.items[2 * sample]!;
    reader.enter(begin, bodies.items[2 * sample + 1]!);
    const firstLane = sample * typeCount * 2;
    let valueCount = 0;
    for (let field = reader.nextField(SAMPLE_MESSAGE); field !== 0; field = reader.nextField(SAMPLE_MESSAGE)) {
      if (field === SAMPLE.locationId) stacks.readLocations();
      else if (field === SAMPLE.value) {
        valueCount = readValues(reader, lanes, firstLane, valueCount, typeCount);
      } else labels.read(reader, sample);
    }
    if (valueCount !== typeCount) {
      throw reader.failures.malformed(`sample has ${valueCount} values for ${typeCount} sample types`, begin);
    }
    sampleStacks[sample] = stacks.finish();
  }
  return { stacks: stacks.index, sampleStacks, sampleValues };
}

/** Reads the values at hand into the lanes; returns how many the sample has so far. */
function readValues(
  reader: FieldReader,
  lanes: Int32Array,
  firstLane: number,
  known: number,
  typeCount: number,
): number {
  const outerLimit = reader.limit;
  reader.limit = reader.bodyEnd;
  let count = known;
  while (reader.offset < reader.limit) {
    if (count === typeCount) throw reader.malformed(`sample has more values than the ${typeCount} sample types`);
    reader.varint('sample.value');
    const lane = firstLane + 2 * count;
    lanes[lane + LOW_LANE] = reader.low;
    lanes[lane + 1 - LOW_LANE] = reader.high;
    count++;
  }
  reader.limit = outerLimit;
  return count;
}

/** Turns the location ids of one sample after the other into stacks. */
class StackBuilder {
  readonly index: StackIndex;
  readonly #reader: FieldReader;
  readonly #locations: Locations;
  #frameCount = 0;

  constructor(reader: FieldReader, locations: Locations, sampleCount: number) {
    this.#reader = reader;
    this.#locations = locations;
    this.index = new StackIndex(sampleCount);
  }

  /** Reads the location ids at hand, and pushes their frames to the open stack. */
  readLocations(): void {
    const reader = this.#reader;
    const { ids, offsets, locationFrames } = this.#locations;
    const { frames } = this.index;
    const known = frames.length;
    const outerLimit = reader.limit;
    reader.limit = reader.bodyEnd;
    while (reader.offset < reader.limit) {
      reader.varint('sample.location_id');
      const location = numberAtHand(reader, ids, 'location');
      const end = offsets[location + 1]!;
      for (let k = offsets[location]!; k < end; k++) frames.push(locationFrames[k]!);
      if (frames.length - known > LIMITS.sampleFrames) break;
    }
    this.#frameCount += frames.length - known;
    checkLimit(reader, 'sampleFrames', this.#frameCount);
    reader.limit = outerLimit;
  }

  /** Number of the stack, which loses its leaf end if it is too deep. */
  finish(): number {
    const { frames, offsets } = this.index;
    const begin = offsets.items[offsets.length - 1]!;
    if (frames.length - begin > MAX_STACK_DEPTH) {
      frames.items.copyWithin(begin, frames.length - MAX_STACK_DEPTH, frames.length);
      frames.length = begin + MAX_STACK_DEPTH;
    }
    return this.index.close();
  }
}
