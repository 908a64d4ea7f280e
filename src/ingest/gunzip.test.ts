import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Problem } from '../base/problem.ts';
import { gunzip, isGzip } from './gunzip.ts';

const text = new TextEncoder().encode('goroutine '.repeat(1000));

function keyOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.key;
    throw error;
  }
  return 'no problem';
}

test('knows gzip by its first two bytes', () => {
  expect(isGzip(gzipSync(text))).toBe(true);
  expect(isGzip(text)).toBe(false);
  expect(isGzip(new Uint8Array([0x1f]))).toBe(false);
});

test('joins members that follow each other', () => {
  const joined = Buffer.concat([gzipSync(text), gzipSync(Buffer.alloc(0)), gzipSync(text)]);
  expect(Buffer.from(gunzip(joined, 1e6, 'it'))).toEqual(Buffer.concat([text, text]));
});

test('takes output of exactly the limit and refuses a byte more', () => {
  expect(gunzip(gzipSync(text), text.length, 'it').length).toBe(text.length);
  expect(keyOf(() => gunzip(gzipSync(text), text.length - 1, 'it'))).toBe('profileTooLarge');
});

test('refuses every cut', () => {
  const whole = gzipSync(text);
  for (let length = 2; length < whole.length; length++) {
    expect(keyOf(() => gunzip(whole.subarray(0, length), 1e6, 'it'))).toBe('brokenGzip');
  }
});

test('refuses damage and bytes after the end', () => {
  const whole = gzipSync(text);
  const damaged = Uint8Array.from(whole);
  damaged[whole.length - 6]! ^= 0xff;
  expect(keyOf(() => gunzip(damaged, 1e6, 'it'))).toBe('brokenGzip');
  expect(keyOf(() => gunzip(Buffer.concat([whole, text.subarray(0, 5)]), 1e6, 'it'))).toBe('brokenGzip');
});
