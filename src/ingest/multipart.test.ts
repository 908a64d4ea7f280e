import { expect, test } from 'vitest';
import { recordedPushes } from '../../test/support/recorded.ts';
import { Problem } from '../base/problem.ts';
import { parseMultipart } from './multipart.ts';

const NAMES = ['profile', 'prev_profile', 'sample_type_config'];
const TYPE = 'multipart/form-data; boundary=XX';
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const part = (name: string, value: string, file = true) =>
  `--XX\r\nContent-Disposition: form-data; name="${name}"${file ? '; filename="f"' : ''}\r\n\r\n${value}\r\n`;

async function problemOf(body: Uint8Array, type = TYPE): Promise<Problem> {
  try {
    await parseMultipart(body, type, NAMES);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem');
}

test('reads files and plain fields alike, every byte of them', async () => {
  const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
  const form = bytes(`${part('profile', all, false)}${part('prev_profile', all)}${part('other', 'x')}--XX--\r\n`);
  const parts = await parseMultipart(form, TYPE, NAMES);
  expect([...parts.keys()]).toEqual(['profile', 'prev_profile']);
  expect(Buffer.from(parts.get('profile')!).toString('latin1')).toBe(all);
  expect(Buffer.from(parts.get('prev_profile')!).toString('latin1')).toBe(all);
});

test('reads a form without parts and a part without content', async () => {
  expect((await parseMultipart(bytes('--XX--\r\n'), TYPE, NAMES)).size).toBe(0);
  expect((await parseMultipart(bytes(`${part('profile', '')}--XX--`), TYPE, NAMES)).get('profile')?.length).toBe(0);
});

test('refuses every cut of a recorded form and says where it ends', async () => {
  const push = recordedPushes('pyroscope-go-1.4.3')[0]!;
  const type = push.headers['content-type']!;
  // The line end after the last delimiter may be missing.
  const end = push.body.length - 2;
  for (let length = 1; length < end; length += length < end - 400 ? 97 : 1) {
    const refused = await problemOf(push.body.subarray(0, length), type);
    expect([refused.key, refused.details.offset]).toEqual(['brokenMultipart', length]);
  }
});

test('refuses two parts of one name at the second', async () => {
  const first = part('profile', 'a');
  const refused = await problemOf(bytes(`${first}${part('profile', 'b')}--XX--\r\n`));
  expect([refused.key, refused.details.offset]).toEqual(['brokenMultipart', first.length]);
});

test('refuses a malformed part header at its part', async () => {
  const first = part('profile', 'a');
  const refused = await problemOf(bytes(`${first}--XX\r\nbad header line\r\n\r\nb\r\n--XX--\r\n`));
  expect([refused.key, refused.details.offset]).toEqual(['brokenMultipart', first.length]);
});

test('refuses a content type without a boundary', async () => {
  expect((await problemOf(bytes(part('profile', 'a')), 'multipart/form-data')).details.offset).toBe(0);
});

test('refuses more parts than any client sends', async () => {
  const form = Array.from({ length: 17 }, (_, i) => part(`p${i}`, 'x')).join('');
  expect((await problemOf(bytes(`${form}--XX--\r\n`))).details.why).toBe('it has more than 16 parts');
});
