import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { profileFromText } from '../../test/support/profile-from-text.ts';
import { profilesOf, recordedPushes } from '../../test/support/recorded.ts';
import { Problem } from '../base/problem.ts';
import { decodePprof } from '../formats/pprof/decode.ts';
import { encodePprof } from '../formats/pprof/encode.ts';
import type { Profile } from '../model/profile.ts';
import { type DecodedUpload, type DecodeJob, decodeUpload } from './decode-upload.ts';

const LIMITS = { maxProfileBytes: 1 << 20, maxStacks: 65_536 };
const HEAP = profileFromText('main;work 10\nmain 5', { timeNs: 7n, durationNs: 3n });

function rawJob(body: Uint8Array, changes: Partial<DecodeJob> = {}): DecodeJob {
  return { body: body.slice(), format: 'pprof', contentType: '', contentEncoding: '', ...LIMITS, ...changes };
}

async function formJob(parts: Readonly<Record<string, Uint8Array | string>>): Promise<DecodeJob> {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) form.set(name, new Blob([part as Uint8Array<ArrayBuffer>]), name);
  const response = new Response(form);
  const body = new Uint8Array(await response.arrayBuffer());
  return { ...rawJob(body), format: 'multipart', contentType: response.headers.get('content-type') ?? '' };
}

const totals = (upload: DecodedUpload | undefined) =>
  upload?.rows.map(({ profileType, total }) => `${profileType} ${total}`);

async function keyOf(job: DecodeJob): Promise<string> {
  try {
    await decodeUpload(job);
  } catch (error) {
    if (error instanceof Problem) return error.key;
    throw error;
  }
  return 'no problem';
}

test('reads raw, gzipped and twice wrapped bodies alike', async () => {
  const plain = encodePprof(HEAP);
  const want = ['memory:inuse_space:bytes:space:bytes 15'];
  expect(totals(await decodeUpload(rawJob(plain)))).toEqual(want);
  expect(totals(await decodeUpload(rawJob(gzipSync(plain))))).toEqual(want);
  expect(totals(await decodeUpload(rawJob(gzipSync(gzipSync(plain)), { contentEncoding: 'gzip' })))).toEqual(want);
});

test('takes time, duration and period from the profile', async () => {
  const upload = await decodeUpload(rawJob(encodePprof(HEAP)));
  expect([upload?.timeNs, upload?.durationNs, upload?.period]).toEqual([7n, 3n, 524288n]);
});

test('every row is aligned with the stack ids and adds up to its total', async () => {
  let rows = 0;
  for (const push of recordedPushes()) {
    const upload = await decodeUpload(jobOf(push));
    if (upload === undefined) continue; // an idle mutex or block profile
    for (const row of upload.rows) {
      expect(row.values.length).toBe(upload.stackIds.length);
      expect(row.values.reduce((sum, value) => sum + value, 0n)).toBe(row.total);
      rows++;
    }
    expect(upload.symbols.stackOffsets.length).toBe(upload.stackIds.length + 1);
  }
  expect(rows).toBeGreaterThan(80);
});

test('totals of recorded pushes equal those of their profiles, less those of prev_profile for counters', async () => {
  for (const push of recordedPushes()) {
    const [profile, previous] = (await profilesOf(push)).map(({ pprof }) => decodePprof(pprof)) as [Profile, Profile?];
    const upload = await decodeUpload(jobOf(push));
    for (const [k, { type }] of profile.sampleTypes.entries()) {
      const isDifference = previous !== undefined && /^(alloc_.*|contentions|delay)$/.test(type);
      const before = isDifference ? sumOf(previous, k) : 0n;
      expect([push.name, type, upload?.rows[k]?.total ?? 0n]).toEqual([push.name, type, sumOf(profile, k) - before]);
    }
  }
});

test('recorded pushes get the ids that Pyroscope gives them', async () => {
  const ids = new Set<string>();
  for (const push of recordedPushes('pyroscope-go-1.4.3')) {
    for (const row of (await decodeUpload(jobOf(push)))?.rows ?? []) ids.add(row.profileType);
  }
  expect([...ids].sort()).toEqual([
    'block:contentions:count:contentions:count',
    'block:delay:nanoseconds:contentions:count',
    'goroutine_leak:goroutineleak:count:goroutineleak:count',
    'goroutines:goroutine:count:goroutine:count',
    'memory:alloc_objects:count:space:bytes',
    'memory:alloc_space:bytes:space:bytes',
    'memory:inuse_objects:count:space:bytes',
    'memory:inuse_space:bytes:space:bytes',
    'mutex:contentions:count:contentions:count',
    'mutex:delay:nanoseconds:contentions:count',
    'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
    'process_cpu:samples:count:cpu:nanoseconds',
  ]);
});

test('a form without a profile, an empty profile and an idle counter are nothing to store', async () => {
  expect(await decodeUpload(await formJob({ sample_type_config: '{}' }))).toBeUndefined();
  expect(await decodeUpload(await formJob({ profile: '' }))).toBeUndefined();
  expect(await decodeUpload(rawJob(gzipSync(new Uint8Array())))).toBeUndefined();
  const idle = profileFromText('', { sampleTypes: [{ type: 'cpu', unit: 'nanoseconds' }] });
  expect(await decodeUpload(rawJob(encodePprof(idle)))).toBeUndefined();
});

test('a snapshot without samples is stored: it says that there is nothing', async () => {
  const none = profileFromText('', { sampleTypes: [{ type: 'goroutineleak', unit: 'count' }] });
  const upload = await decodeUpload(rawJob(encodePprof(none)));
  expect(totals(upload)).toEqual(['goroutineleak:goroutineleak:count:space:bytes 0']);
  expect(upload?.stackIds.length).toBe(0);
});

test('takes prev_profile away from counters and leaves gauges', async () => {
  const sampleTypes = [
    { type: 'alloc_space', unit: 'bytes' },
    { type: 'inuse_space', unit: 'bytes' },
  ];
  const profile = encodePprof(profileFromText('a 10 4\nb 7 7', { sampleTypes }));
  const previous = encodePprof(profileFromText('b 2 9', { sampleTypes }));
  expect(totals(await decodeUpload(await formJob({ profile, prev_profile: gzipSync(previous) })))).toEqual([
    'memory:alloc_space:bytes:space:bytes 15',
    'memory:inuse_space:bytes:space:bytes 11',
  ]);
});

test('folds stacks beyond the limit and counts them', async () => {
  const many = profileFromText(Array.from({ length: 50 }, (_, i) => `main;f${i} ${i + 1}`).join('\n'));
  const upload = await decodeUpload(rawJob(encodePprof(many), { maxStacks: 10 }));
  expect([upload?.stackIds.length, upload?.foldedStacks, upload?.rows[0]?.total]).toEqual([11, 40, 1275n]);
  expect(upload?.symbols.strings).toContain('(truncated)');
});

test('refuses what is too large after decompression, wherever it is compressed', async () => {
  const plain = encodePprof(HEAP);
  const maxProfileBytes = plain.length - 1;
  expect(await keyOf(rawJob(plain, { maxProfileBytes }))).toBe('profileTooLarge');
  expect(await keyOf(rawJob(gzipSync(plain), { maxProfileBytes }))).toBe('profileTooLarge');
  expect(await keyOf(rawJob(gzipSync(plain), { maxProfileBytes, contentEncoding: 'gzip' }))).toBe('profileTooLarge');
  const previous = gzipSync(encodePprof(profileFromText(`${'x'.repeat(3000)} 1`)));
  expect(await keyOf({ ...(await formJob({ profile: plain, prev_profile: previous })), maxProfileBytes: 2000 })).toBe(
    'profileTooLarge',
  );
});

test('refuses broken bodies by what is broken', async () => {
  const plain = encodePprof(HEAP);
  expect(await keyOf(rawJob(gzipSync(plain).subarray(0, 30)))).toBe('brokenGzip');
  expect(await keyOf(rawJob(plain, { contentEncoding: 'gzip' }))).toBe('brokenGzip');
  expect(await keyOf(rawJob(new TextEncoder().encode('<html>502 Bad Gateway</html>')))).toBe('notAProfile');
  expect(await keyOf(await formJob({ profile: plain, sample_type_config: '{' }))).toBe('brokenSampleTypeConfig');
  expect(await keyOf(await formJob({ profile: plain, prev_profile: 'xyz' }))).not.toBe('no problem');
});

test('every prefix of a recorded body is refused', async () => {
  const push = recordedPushes('nodejs')[0]!;
  for (let length = 1; length < push.body.length; length += 61) {
    expect(await keyOf(rawJob(push.body.subarray(0, length)))).not.toBe('no problem');
  }
});

function jobOf(push: ReturnType<typeof recordedPushes>[number]): DecodeJob {
  const format = push.query.get('format') === 'pprof' ? 'pprof' : 'multipart';
  const contentType = push.headers['content-type'] ?? '';
  return rawJob(push.body, { format, contentType, maxProfileBytes: 1 << 27 });
}

function sumOf(profile: Profile, column: number): bigint {
  let sum = 0n;
  for (let i = column; i < profile.sampleValues.length; i += profile.sampleTypes.length) {
    sum += profile.sampleValues[i]!;
  }
  return sum;
}
