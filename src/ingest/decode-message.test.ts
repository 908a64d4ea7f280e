import { expect, test } from 'vitest';
import { profileFromText } from '../../test/support/profile-from-text.ts';
import { encodePprof } from '../formats/pprof/encode.ts';
import { answerJob, openAnswer } from './decode-message.ts';
import { type DecodeJob, decodeUpload } from './decode-upload.ts';

function jobOf(picture: string): DecodeJob {
  const body = new Uint8Array(encodePprof(profileFromText(picture)));
  return {
    body,
    format: 'pprof',
    contentType: '',
    contentEncoding: '',
    maxProfileBytes: 100_000,
    maxStacks: 100,
  };
}

/** Over the boundary and back. */
async function crossed(job: DecodeJob) {
  const { answer, transfer } = await answerJob(job);
  return { opened: openAnswer(structuredClone(answer, { transfer })), answer };
}

test('an upload crosses as it is, its strings as one text', async () => {
  for (const picture of ['', 'a@a.go:1;b@a.go:2 10\na@a.go:1 3\nmain.grüße@ü.go:7;😀 5\nnoFile 1']) {
    const { opened, answer } = await crossed(jobOf(picture));
    expect(opened.upload).toEqual(await decodeUpload(jobOf(picture)));
    expect(answer).toMatchObject({ kind: 'decoded', upload: { symbols: { text: expect.any(String) } } });
  }
});

test('tells roughly what an upload holds', async () => {
  const { opened } = await crossed(jobOf('a;b 10\nc 3'));
  // Two stacks with one value each, three frames in each of two tables, and three names.
  expect(opened.upload?.sizeBytes).toBe(2 * 8 * 2 + 3 * 12 + 3 * 4 + 3);
});

test('a problem crosses as one', async () => {
  await expect(crossed({ ...jobOf('a 1'), maxProfileBytes: 1 })).rejects.toThrow('decompresses to more than 1 bytes');
});
