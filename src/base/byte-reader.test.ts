import { expect, it } from 'vitest';
import { ByteReader, type ReadFailures } from './byte-reader.ts';

const failures: ReadFailures = {
  truncated: (what, offset, missingBytes) => new Error(`truncated: ${what} at ${offset}, ${missingBytes} missing`),
  malformed: (why, offset) => new Error(`malformed: ${why} at ${offset}`),
};
const readerOf = (...bytes: number[]) => new ByteReader(Uint8Array.from(bytes), failures);

it.each([
  [[0x00], 0n],
  [[0x7f], 127n],
  [[0x80, 0x01], 128n],
  [[0xff, 0x7f], 16383n],
  [[0x80, 0x80, 0x01], 16384n],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], 2n ** 32n - 1n],
  [[0x80, 0x80, 0x80, 0x80, 0x10], 2n ** 32n],
  [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 2n ** 56n - 1n],
  [[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], 2n ** 64n - 1n],
  [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], 2n ** 63n],
  [[0x80, 0x80, 0x00], 0n],
])('reads the varint %j', (bytes, value) => {
  const reader = readerOf(...bytes);
  reader.varint('n');
  expect(reader.uint64()).toBe(value);
  expect(reader.int64()).toBe(BigInt.asIntN(64, value));
  expect(reader.offset).toBe(bytes.length);
});

it('refuses a varint that the bytes end in', () => {
  expect(() => readerOf(0x80).varint('n')).toThrow('truncated: n at 0, 1 missing');
  expect(() => readerOf().varint('n')).toThrow('truncated: n at 0, 1 missing');
  expect(() => readerOf(0x80, 0x80, 0x80).varint('n')).toThrow('truncated: n at 0, 1 missing');
});

it('refuses a varint that leaves its message', () => {
  const reader = readerOf(0x80, 0x01);
  reader.limit = 1;
  expect(() => reader.varint('n')).toThrow('malformed: n runs 1 bytes past the end of its message at 0');
});

it('refuses varints of more than 10 bytes or 64 bits', () => {
  const tooLong = [...Array<number>(10).fill(0x80), 0x01];
  expect(() => readerOf(...tooLong).varint('n')).toThrow('malformed: n is a varint of more than 64 bits at 0');
  const tooLarge = [...Array<number>(9).fill(0xff), 0x02];
  expect(() => readerOf(...tooLarge).varint('n')).toThrow('malformed: n is a varint of more than 64 bits at 0');
});

it('refuses a length or a skip beyond the end and says how much is missing', () => {
  expect(() => readerOf(0x05, 0, 0).length('body')).toThrow('truncated: body at 0, 3 missing');
  expect(() => readerOf(0, 0).skip(3, 'body')).toThrow('truncated: body at 0, 1 missing');
  const reader = readerOf(0x03, 0, 0, 0);
  reader.limit = 3;
  expect(() => reader.length('body')).toThrow('malformed: body runs 1 bytes past the end of its message at 0');
});

it('refuses a length of 2^64 - 1', () => {
  const bytes = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  expect(() => readerOf(...bytes).length('body')).toThrow('truncated: body at 0, 18446744073709552000 missing');
});
