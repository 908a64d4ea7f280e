import { describe, expect, it } from 'vitest';
import { profileFromText, profileToFolded } from '../../../test/support/profile-from-text.ts';
import { Problem } from '../../base/problem.ts';
import { decodePprof } from './decode.ts';
import { encodePprof } from './encode.ts';
import { LIMITS, MAX_STACK_DEPTH } from './limits.ts';
import { MessageWriter } from './message-writer.ts';
import { FUNCTION, LABEL, LINE, LOCATION, MAPPING, PROFILE, SAMPLE, VALUE_TYPE } from './messages.ts';

const STRINGS = ['', 'inuse_space', 'bytes', 'main.work', 'work.go', 'main.main', '/lib/libc.so.6', 'request', 'abc'];
type Write = (message: MessageWriter) => void;

/** A pprof profile by hand: one sample type, STRINGS, and what `writes` add. */
function pprof(...writes: Write[]): Uint8Array {
  const writer = new MessageWriter();
  writer.message(PROFILE.sampleType, (type) => {
    type.scalar(VALUE_TYPE.type, 1);
    type.scalar(VALUE_TYPE.unit, 2);
  });
  for (const write of writes) write(writer);
  for (const text of STRINGS) writer.text(PROFILE.stringTable, text);
  return writer.finish();
}

const sample =
  (locations: readonly (number | bigint)[], values: readonly (number | bigint)[], more: Write = () => {}): Write =>
  (profile) =>
    profile.message(PROFILE.sample, (message) => {
      message.packed(SAMPLE.locationId, locations);
      message.packed(SAMPLE.value, values);
      more(message);
    });
const mapping =
  (id: number, filename: number): Write =>
  (profile) =>
    profile.message(PROFILE.mapping, (message) => {
      message.scalar(MAPPING.id, id);
      message.scalar(MAPPING.filename, filename);
    });
const location =
  (
    id: number | bigint,
    lines: readonly (readonly [functionId: number, line: number | bigint])[],
    more: Write = () => {},
  ): Write =>
  (profile) =>
    profile.message(PROFILE.location, (message) => {
      message.scalar(LOCATION.id, id);
      more(message);
      for (const [functionId, line] of lines) {
        message.message(LOCATION.line, (body) => {
          body.scalar(LINE.functionId, functionId);
          body.scalar(LINE.line, line);
        });
      }
    });
const func =
  (id: number | bigint, name: number, file: number, systemName = 0): Write =>
  (profile) =>
    profile.message(PROFILE.function, (message) => {
      message.scalar(FUNCTION.id, id);
      message.scalar(FUNCTION.name, name);
      message.scalar(FUNCTION.systemName, systemName);
      message.scalar(FUNCTION.filename, file);
    });
const WORK = [func(1, 3, 4), func(2, 5, 4), location(1, [[1, 12]]), location(2, [[2, 5]])];

function failureOf(bytes: Uint8Array): Problem {
  try {
    decodePprof(bytes);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('the profile was accepted');
}

describe('stacks', () => {
  it('makes frames of a location with several lines: inlined calls, leaf first', () => {
    const profile = decodePprof(
      pprof(
        sample([1], [7]),
        func(1, 3, 4),
        func(2, 5, 4),
        location(1, [
          [1, 12],
          [2, 5],
        ]),
      ),
    );
    expect(profileToFolded(profile)).toBe('main.main@work.go:5;main.work@work.go:12 7');
  });

  it('names a location without lines by its address and mapping', () => {
    const atLibc: Write = (message) => {
      message.scalar(LOCATION.mappingId, 9);
      message.scalar(LOCATION.address, 0xffff_ffff_0000_10ffn);
    };
    const profile = decodePprof(
      pprof(
        sample([1, 2], [1]),
        mapping(9, 6),
        location(1, [], atLibc),
        location(2, [], (m) => m.scalar(LOCATION.address, 255)),
      ),
    );
    expect(profileToFolded(profile)).toBe('0xff;0xffffffff000010ff@libc.so.6 1');
  });

  it('takes the system name for a missing name, and says <unknown> without either', () => {
    const profile = decodePprof(
      pprof(sample([1, 2], [1]), func(1, 0, 0, 3), func(2, 0, 0), location(1, [[1, 0]]), location(2, [[2, 0]])),
    );
    expect(profileToFolded(profile)).toBe('<unknown>;main.work 1');
  });

  it('keeps the frames nearest the root of a stack that is too deep', () => {
    const deep = ['main', ...Array<string>(MAX_STACK_DEPTH).fill('recurse'), 'leaf'].join(';');
    const exact = ['main', ...Array<string>(MAX_STACK_DEPTH - 1).fill('recurse')].join(';');
    expect(profileToFolded(decodePprof(encodePprof(profileFromText(`${deep} 1`))))).toBe(`${exact} 1`);
    expect(profileToFolded(decodePprof(encodePprof(profileFromText(`${exact} 1`))))).toBe(`${exact} 1`);
  });

  it('stores equal frames and stacks once, though ids and strings differ', () => {
    const twins = (writer: MessageWriter) => writer.text(PROFILE.stringTable, '');
    const bytes = pprof(
      twins, // all of STRINGS move by one: '' is both 0 and 1
      sample([1], [1]),
      sample([2], [2]),
      func(1, 4, 5),
      func(2, 4, 5),
      location(1, [[1, 12]]),
      location(2, [[2, 12]]),
    );
    bytes[3] = 2; // the sample type's name
    bytes[5] = 3;
    const profile = decodePprof(bytes);
    expect(profile.frames).toEqual([{ function: 'main.work', file: 'work.go', line: 12 }]);
    expect([...profile.sampleStacks]).toEqual([0, 0]);
  });

  it('keeps samples with the empty stack', () => {
    expect(profileToFolded(decodePprof(pprof(sample([], [8]))))).toBe('8');
  });

  it('finds locations by 64-bit ids in any order', () => {
    const big = 2n ** 63n + 5n;
    const profile = decodePprof(
      pprof(
        sample([big, 3], [1]),
        func(7n, 3, 4),
        func(2n ** 40n, 5, 4),
        location(3, [[7, 1]]),
        location(big, [[7, 2]]),
      ),
    );
    expect(profileToFolded(profile)).toBe('main.work@work.go:1;main.work@work.go:2 1');
  });

  it('takes a line that no source can have for unknown', () => {
    const profile = decodePprof(pprof(sample([1], [1]), func(1, 3, 4), location(1, [[1, -1]])));
    expect(profile.frames[0]?.line).toBe(0);
  });
});

describe('values', () => {
  it('are exact over all 64 bits', () => {
    const values = [2n ** 63n - 1n, -(2n ** 63n), -1n, 2n ** 53n + 1n, 0n, 1n, 2n ** 32n, 2n ** 31n];
    const profile = decodePprof(pprof(...values.map((value) => sample([1], [value])), ...WORK));
    expect([...profile.sampleValues]).toEqual(values);
  });

  it('and location ids may be packed or not', () => {
    const unpacked: Write = (profile) =>
      profile.message(PROFILE.sample, (message) => {
        message.scalar(SAMPLE.locationId, 1);
        message.scalar(SAMPLE.value, 300);
        message.scalar(SAMPLE.locationId, 2);
      });
    expect(profileToFolded(decodePprof(pprof(unpacked, ...WORK)))).toBe('main.main@work.go:5;main.work@work.go:12 300');
  });
});

it('reads time, duration, period and its type', () => {
  const options = { timeNs: 1_795_407_092_000_000_001n, durationNs: 15_000_000_000n, period: 524_288n };
  const profile = decodePprof(encodePprof(profileFromText('main 1', options)));
  expect(profile).toMatchObject({ ...options, periodType: { type: 'space', unit: 'bytes' } });
});

it('takes a negative time or duration for unset', () => {
  const negative: Write = (profile) => {
    profile.scalar(PROFILE.timeNanos, -5);
    profile.scalar(PROFILE.durationNanos, -5);
  };
  expect(decodePprof(pprof(negative))).toMatchObject({ timeNs: 0n, durationNs: 0n });
});

it('reads labels, text and number', () => {
  const labels: Write = (message) => {
    message.message(SAMPLE.label, (label) => {
      label.scalar(LABEL.key, 7);
      label.scalar(LABEL.text, 8);
    });
    message.message(SAMPLE.label, (label) => {
      label.scalar(LABEL.key, 2);
      label.scalar(LABEL.number, -(2n ** 40n));
      label.scalar(LABEL.unit, 2);
    });
  };
  const profile = decodePprof(pprof(sample([1], [1]), sample([2], [1], labels), ...WORK));
  expect([...profile.sampleLabels]).toEqual([
    [
      1,
      [
        { key: 'request', text: 'abc' },
        { key: 'bytes', number: -(2n ** 40n), unit: 'bytes' },
      ],
    ],
  ]);
});

it('reads strings that are not ASCII', () => {
  const picture = 'größe@ü.go:1;例え;😀 5';
  expect(profileToFolded(decodePprof(encodePprof(profileFromText(picture))))).toBe(picture);
});

it('passes over unknown fields of every wire type', () => {
  const unknown: Write = (message) => {
    message.scalar(77, 5);
    message.text(78, 'x');
    message.bytes(2000, Uint8Array.of(1, 2, 3));
  };
  const fixed: Write = (profile) => profile.bytes(16, new Uint8Array(12));
  const plain = decodePprof(pprof(sample([1], [4]), ...WORK));
  const odd = decodePprof(pprof(unknown, fixed, sample([1], [4], unknown), ...WORK));
  expect({ ...odd }).toEqual({ ...plain });
});

describe('refuses', () => {
  const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

  it.each([
    ['a sample cut off', '0a0208011205', 'pprof: profile.sample at byte 5 runs 5 bytes past the end'],
    ['a length cut off', '0a02080112', 'pprof: profile.sample at byte 5 runs 1 bytes past the end'],
    ['a varint cut off', '4880', 'pprof: profile.time_nanos at byte 1 runs 1 bytes past the end'],
    [
      'a field past its message',
      '0a0208803200',
      'pprof: value_type.type runs 1 bytes past the end of its message at byte 3',
    ],
    ['a wire type that a field cannot have', '10ff', 'pprof: profile.sample has wire type 0 at byte 0'],
    ['a string as number', '4a0101', 'pprof: profile.time_nanos has wire type 2 at byte 0'],
    ['field number 0', '0001', 'pprof: profile has a field of number 0 at byte 0'],
    ['a group', '9b01', 'pprof: field 19 of profile has wire type 3 at byte 0'],
    ['the end of a group', '9c01', 'pprof: field 19 of profile has wire type 4 at byte 0'],
    ['wire type 7', '9f01', 'pprof: field 19 of profile has wire type 7 at byte 0'],
    [
      'a known field behind a tag too long',
      'c80001',
      'pprof: profile has a field tag that is longer than need be at byte 0',
    ],
    ['a field number beyond 2^29', 'f8ffffff1f01', 'pprof: profile has a field of number 1073741823 at byte 0'],
    [
      'a varint of 11 bytes',
      '4880808080808080808080808001',
      'pprof: profile.time_nanos is a varint of more than 64 bits at byte 1',
    ],
    ['a profile without strings', '4801', 'pprof: profile.string_table is missing at byte 2'],
    [
      'a first string that is not empty',
      '320178',
      'pprof: the first string of profile.string_table is not empty at byte 2',
    ],
    ['no sample types', '3200', 'pprof: profile.sample_type is missing at byte 2'],
    ['a string that is not UTF-8', '32003202c328', 'pprof: string 1 of profile.string_table is not UTF-8 at byte 4'],
    [
      'a character split over two strings',
      '32003201c33201a9',
      'pprof: string 1 of profile.string_table is not UTF-8 at byte 4',
    ],
    ['an unnamed sample type', '32000a00', 'pprof: a sample type has no name at byte 4'],
    ['a comment out of range', '3200680a', 'pprof: profile.comment is string 10 of a table of 1 at byte 2'],
    [
      'a negative string index',
      '320078ffffffffffffffffff01',
      'pprof: profile.doc_url is string -1 of a table of 1 at byte 2',
    ],
  ])('%s', (_, bytes, message) => {
    expect(failureOf(hex(bytes)).message).toBe(message);
  });

  it.each<[string, Write[], string]>([
    ['a location that does not exist', [sample([3], [1]), ...WORK], 'location 3 does not exist'],
    ['location 0', [sample([0], [1]), ...WORK], 'location 0 does not exist'],
    ['a location without an id', [location(0, [])], 'location has no id'],
    ['two locations of one id', [...WORK, location(2, [])], 'location has the id of an earlier one'],
    ['a function that does not exist', [location(1, [[1, 1]])], 'function 1 does not exist'],
    ['a line without a function', [location(1, [[0, 1]])], 'line has no function_id'],
    ['a function without an id', [func(0, 3, 4)], 'function has no id'],
    ['two functions of one id', [func(5, 3, 4), func(5, 3, 4)], 'function has the id of an earlier one'],
    [
      'a mapping that does not exist',
      [location(1, [], (m) => m.scalar(LOCATION.mappingId, 4))],
      'mapping 4 does not exist',
    ],
    ['two mappings of one id', [mapping(1, 6), mapping(1, 6)], 'mapping has the id of an earlier one'],
    ['a function name out of range', [func(1, 9, 4)], 'function.name is string 9 of a table of 9'],
    ['too few values', [sample([1], []), ...WORK], 'sample has 0 values for 1 sample types'],
    ['too many values', [sample([1], [1, 2]), ...WORK], 'sample has more values than the 1 sample types'],
    [
      'a label key out of range',
      [sample([1], [1], (m) => m.message(SAMPLE.label, (label) => label.scalar(LABEL.key, 9))), ...WORK],
      'label.key is string 9 of a table of 9',
    ],
  ])('%s', (_, writes, why) => {
    const failure = failureOf(pprof(...writes));
    expect(failure.key).toBe('pprofMalformed');
    expect(failure.details.why).toBe(why);
    expect(failure.details.offset).toBeGreaterThan(0);
  });

  it('a sample type with a hyphen', () => {
    const profile = profileFromText('main 1', { sampleTypes: [{ type: 'in-use', unit: 'bytes' }] });
    expect(failureOf(encodePprof(profile)).message).toBe('pprof: sample type "in-use" contains "-" at byte 2');
  });

  it.each([
    ['strings', '3200', LIMITS.messages + 1, 'the profile has more than 4194304 messages'],
    ['comments out of range, and names the largest', '6864', 3, 'profile.comment is string 100 of a table of 9'],
  ])('too many or wrong %s', (_, field, count, why) => {
    const once = hex(field);
    const bytes = new Uint8Array(once.length * count);
    for (let at = 0; at < bytes.length; at += once.length) bytes.set(once, at);
    const whole = pprof();
    const joined = new Uint8Array(whole.length + bytes.length);
    joined.set(whole);
    joined.set(bytes, whole.length);
    expect(failureOf(joined).details.why).toBe(why);
  });

  it('more sample types than any profile has', () => {
    const sampleTypes = Array.from({ length: LIMITS.sampleTypes + 1 }, (_, i) => ({ type: `t${i}`, unit: '' }));
    const profile = profileFromText('', { sampleTypes });
    expect(failureOf(encodePprof(profile)).details.why).toBe('the profile has more than 64 sample types');
  });

  it('stacks that multiply into more frames than any profile has', () => {
    const lines = Array<readonly [number, number]>(1000).fill([1, 1]);
    const samples = Array<Write>(34_000).fill(sample([1], [1]));
    expect(failureOf(pprof(...samples, func(1, 3, 4), location(1, lines))).details.why).toBe(
      'the profile has more than 33554432 frames in its stacks',
    );
  });
});

describe('says what a body is that is no profile:', () => {
  it.each([
    ['', 'it is empty'],
    ['<!DOCTYPE html><html>', 'it is an HTML or XML page'],
    ['  <html><body>502 Bad Gateway', 'it is an HTML or XML page'],
    ['{"error":"not found"}', 'it is JSON'],
    ['goroutine profile: total 607\n603 @ 0x48a22e', "it is Go's text form of a goroutine profile (debug=1)"],
    ['goroutine 1 [running]:\nmain.main()', 'it is a dump of goroutine stacks (debug=2)'],
    ['heap profile: 0: 0 [0: 0] @ heap/1048576', "it is Go's text form of a profile (debug=1)"],
    ['--4b1e\r\nContent-Disposition: form-data', 'it is a multipart form'],
    ['main;work 10\nmain;idle 5\n', 'it is text: "main;work 10 main;idle 5"'],
    ['\x1f\x8b\x08\x00\x00', 'it is still gzip-compressed'],
    ['\x28\xb5\x2f\xfd\x00', 'it is zstd-compressed'],
  ])('%j', (body, why) => {
    const failure = failureOf(Uint8Array.from(body, (char) => char.charCodeAt(0)));
    expect(failure.key).toBe('notAProfile');
    expect(failure.details.why).toBe(why);
  });
});
