import type { Profile, SampleLabel, ValueType } from '../../model/profile.ts';
import type { Frame } from '../../model/stack.ts';
import { MessageWriter } from './message-writer.ts';
import { FUNCTION, LABEL, LINE, LOCATION, PROFILE, SAMPLE, VALUE_TYPE } from './messages.ts';

/**
 * Writes a profile as pprof, not compressed. Each frame becomes a location of its own with one line, since a `Profile`
 * keeps no addresses and no mappings. `decodePprof` of the result gives an equal profile, if each stack is used and
 * stacks stand in the order of their first use. One buffer a message and BigInt varints: meant for exports and tests,
 * not for the receive path.
 */
export function encodePprof(profile: Profile): Uint8Array {
  const strings = new StringIndex();
  const writer = new MessageWriter();
  const typeCount = profile.sampleTypes.length;
  for (const type of profile.sampleTypes) writeValueType(writer, PROFILE.sampleType, type, strings);
  for (let i = 0; i < profile.sampleStacks.length; i++) {
    const stack = profile.sampleStacks[i]!;
    const frames = profile.stackFrames.subarray(profile.stackOffsets[stack], profile.stackOffsets[stack + 1]);
    writer.message(PROFILE.sample, (sample) => {
      sample.packed(SAMPLE.locationId, Array.from(frames, idOf));
      sample.packed(SAMPLE.value, profile.sampleValues.subarray(i * typeCount, (i + 1) * typeCount));
      for (const label of profile.sampleLabels.get(i) ?? []) writeLabel(sample, label, strings);
    });
  }
  writeLocations(writer, profile.frames, strings);
  writer.scalar(PROFILE.timeNanos, profile.timeNs);
  writer.scalar(PROFILE.durationNanos, profile.durationNs);
  writeValueType(writer, PROFILE.periodType, profile.periodType, strings);
  writer.scalar(PROFILE.period, profile.period);
  for (const text of strings.all()) writer.text(PROFILE.stringTable, text);
  return writer.finish();
}

/** pprof ids begin at 1; 0 means none. */
function idOf(index: number): number {
  return index + 1;
}

function writeValueType(writer: MessageWriter, field: number, type: ValueType, strings: StringIndex): void {
  writer.message(field, (message) => {
    message.scalar(VALUE_TYPE.type, strings.of(type.type));
    message.scalar(VALUE_TYPE.unit, strings.of(type.unit));
  });
}

function writeLabel(sample: MessageWriter, label: SampleLabel, strings: StringIndex): void {
  sample.message(SAMPLE.label, (message) => {
    message.scalar(LABEL.key, strings.of(label.key));
    if ('text' in label) {
      message.scalar(LABEL.text, strings.of(label.text));
    } else {
      message.scalar(LABEL.number, label.number);
      message.scalar(LABEL.unit, strings.of(label.unit));
    }
  });
}

function writeLocations(writer: MessageWriter, frames: readonly Frame[], strings: StringIndex): void {
  const functionIds = new Map<string, number>();
  for (const [index, frame] of frames.entries()) {
    const name = strings.of(frame.function);
    const file = strings.of(frame.file);
    const key = `${name} ${file}`;
    let functionId = functionIds.get(key);
    if (functionId === undefined) {
      const id = idOf(functionIds.size);
      functionIds.set(key, id);
      functionId = id;
      writer.message(PROFILE.function, (message) => {
        message.scalar(FUNCTION.id, id);
        message.scalar(FUNCTION.name, name);
        message.scalar(FUNCTION.filename, file);
      });
    }
    const id = functionId;
    writer.message(PROFILE.location, (location) => {
      location.scalar(LOCATION.id, idOf(index));
      location.message(LOCATION.line, (line) => {
        line.scalar(LINE.functionId, id);
        line.scalar(LINE.line, frame.line);
      });
    });
  }
}

/** The string table: index 0 is always the empty string. */
class StringIndex {
  readonly #indices = new Map<string, number>([['', 0]]);

  of(text: string): number {
    const known = this.#indices.get(text);
    if (known !== undefined) return known;
    const index = this.#indices.size;
    this.#indices.set(text, index);
    return index;
  }

  all(): Iterable<string> {
    return this.#indices.keys();
  }
}
