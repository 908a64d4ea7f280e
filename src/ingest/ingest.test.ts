import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { profileFromText } from '../../test/support/profile-from-text.ts';
import { Problem } from '../base/problem.ts';
import { encodePprof } from '../formats/pprof/encode.ts';
import type { Upload } from '../store/profile-store.ts';
import { answerJob, openAnswer } from './decode-message.ts';
import type { Decoder } from './decode-pool.ts';
import { createIngest, type IngestOptions, MAX_FUTURE_MS } from './ingest.ts';
import type { IngestRequest } from './request.ts';

const NOW_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const PPROF = encodePprof(profileFromText('main;work 10'));
const SETTINGS = {
  retentionMs: HOUR_MS,
  maxBodyBytes: 10_000,
  maxProfileBytes: 100_000,
  maxQueuedUploads: 2,
  maxStacks: 100,
};

/** The decoder of the threads, in this one: sources have no built worker. */
const DECODER: Decoder = {
  decode: async (job) => openAnswer((await answerJob(job)).answer),
  close: async () => {},
};

function open(changes: Partial<IngestOptions> = {}, append?: (uploads: readonly Upload[]) => Promise<void>) {
  const stored: Upload[] = [];
  const counts: Record<string, number> = {};
  const count = (name: string, by = 1) => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  const ingest = createIngest({
    store: { append: append ?? (async (uploads) => void stored.push(...uploads)) },
    settings: SETTINGS,
    now: () => NOW_MS,
    decoder: DECODER,
    metrics: {
      ended: (result, reason, sizeBytes) => {
        count([result, reason].filter(Boolean).join(':'));
        count('bytes', sizeBytes);
      },
      decoded: () => count('decoded'),
      committed: (_elapsedMs, uploads) => count('committed', uploads),
      folded: (stacks) => count('folded', stacks),
    },
    ...changes,
  });
  return { ingest, stored, counts };
}

function push(changes: Partial<IngestRequest> & { query?: Record<string, string> } = {}): IngestRequest {
  return {
    tenant: 'anonymous',
    contentType: '',
    contentEncoding: '',
    declaredBytes: 0,
    body: [PPROF],
    ...changes,
    query: { name: 'shop{pod=a}', format: 'pprof', ...changes.query },
  };
}

/** A pprof taken at a time, in ms since the epoch. */
const takenAt = (timeMs: number) =>
  encodePprof(profileFromText('main;work 10', { timeNs: BigInt(timeMs) * 1_000_000n }));

async function keyOf(done: Promise<void>): Promise<string> {
  try {
    await done;
  } catch (error) {
    if (error instanceof Problem) return error.key;
    throw error;
  }
  return 'no problem';
}

test('stores what the body and the query say', async () => {
  const { ingest, stored, counts } = open();
  const from = String(NOW_MS - 15_000);
  await ingest.accept(push({ query: { from, until: String(NOW_MS) } }));
  expect(stored[0]).toMatchObject({
    tenant: 'anonymous',
    service: 'shop',
    labels: { pod: 'a', service_name: 'shop' },
    timeNs: BigInt(NOW_MS) * 1_000_000n,
    durationNs: 15_000_000_000n,
    rows: [{ profileType: 'memory:inuse_space:bytes:space:bytes', total: 10n }],
  });
  expect(counts).toEqual({ stored: 1, bytes: PPROF.length, decoded: 1, committed: 1 });
});

test('joins a body that comes in pieces', async () => {
  const { ingest, stored } = open();
  async function* pieces() {
    for (let i = 0; i < PPROF.length; i += 7) yield PPROF.subarray(i, i + 7);
  }
  await ingest.accept(push({ body: pieces() }));
  expect(stored[0]?.rows[0]?.total).toBe(10n);
});

test("a profile's own time wins over until, unless it lies in 1970", async () => {
  const { ingest, stored } = open();
  const until = String(NOW_MS - 60_000);
  await ingest.accept(push({ body: [takenAt(NOW_MS - 5000)], query: { until } }));
  await ingest.accept(push({ body: [takenAt(5000)], query: { until } }));
  expect(stored.map(({ timeNs }) => Number(timeNs / 1_000_000n) - NOW_MS)).toEqual([-5000, -60_000]);
});

test('takes any age within retention, every age without one, and ten minutes of future', async () => {
  const { ingest, counts } = open();
  const ages = [-HOUR_MS, -HOUR_MS - 1, MAX_FUTURE_MS, MAX_FUTURE_MS + 1];
  const keys = [];
  for (const age of ages) keys.push(await keyOf(ingest.accept(push({ body: [takenAt(NOW_MS + age)] }))));
  expect(keys).toEqual(['no problem', 'tooOld', 'no problem', 'tooNew']);
  expect(counts).toMatchObject({ stored: 2, 'refused:tooOld': 1, 'refused:tooNew': 1 });
  const short = open({ settings: { ...SETTINGS, retentionMs: 20 * 60_000 } });
  await expect(short.ingest.accept(push({ body: [takenAt(NOW_MS - HOUR_MS)] }))).rejects.toThrow(
    /retention of 20\u202fmin$/,
  );
  const forEver = open({ settings: { ...SETTINGS, retentionMs: 0 } });
  expect(await keyOf(forEver.ingest.accept(push({ body: [takenAt(1e12)] })))).toBe('no problem');
});

test('an empty body is accepted, stores nothing and is counted', async () => {
  const { ingest, stored, counts } = open();
  await ingest.accept(push({ body: [] }));
  expect([stored.length, counts.empty, counts['empty:empty']]).toEqual([0, undefined, 1]);
});

test('refuses a body past the limit, and a bomb', async () => {
  const { ingest, stored } = open();
  const large = new Uint8Array(SETTINGS.maxBodyBytes + 1);
  expect(await keyOf(ingest.accept(push({ body: [large] })))).toBe('bodyTooLarge');
  expect(await keyOf(ingest.accept(push({ declaredBytes: large.length })))).toBe('bodyTooLarge');
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  expect(await keyOf(ingest.accept(push({ body: [bomb] })))).toBe('profileTooLarge');
  expect(stored).toEqual([]);
});

test('refuses more uploads than may be in flight, says when to come back, and recovers', async () => {
  const gates: (() => void)[] = [];
  const slow = () => new Promise<void>((resolve) => void gates.push(resolve));
  const { ingest, counts } = open({}, slow);
  const first = [ingest.accept(push()), ingest.accept(push())];
  const refused = (await ingest.accept(push()).catch((error: unknown) => error)) as Problem;
  expect([refused.key, refused.status, refused.details.retryAfterSeconds]).toEqual(['queueFull', 429, 1]);
  expect(ingest.load().uploads).toBe(2);
  await expect.poll(() => gates.length).toBe(1);
  gates[0]?.();
  await Promise.all(first);
  expect(ingest.load()).toEqual({ uploads: 0, sizeBytes: 0 });
  expect(counts['refused:queueFull']).toBe(1);
});

test('bodies that are slow to come take no place, only their bytes', async () => {
  const { ingest, stored } = open();
  const waiting: (() => void)[] = [];
  async function* slow() {
    yield PPROF.subarray(0, 1);
    await new Promise<void>((resolve) => void waiting.push(resolve));
    yield PPROF.subarray(1);
  }
  const slowOnes = Array.from({ length: 10 }, () => ingest.accept(push({ body: slow() })));
  await expect.poll(() => waiting.length).toBe(10);
  expect(ingest.load()).toEqual({ uploads: 0, sizeBytes: 10 });
  await ingest.accept(push());
  expect(stored.length).toBe(1);
  for (const [i, send] of waiting.entries()) {
    send();
    await slowOnes[i];
  }
  expect(stored.length).toBe(11);
});

test('a body of which nothing comes any more is given up, and gives its bytes back', async () => {
  const { ingest, counts } = open({ idleBodyMs: 5 });
  const never = new Promise<never>(() => {});
  async function* stalled() {
    yield PPROF.subarray(0, 1);
    await never;
  }
  expect(await keyOf(ingest.accept(push({ body: stalled() })))).toBe('bodyStalled');
  expect([counts['refused:bodyStalled'], ingest.load().sizeBytes]).toEqual([1, 0]);
});

test('a failed commit fails the upload and gives its place back', async () => {
  const { ingest, counts } = open({}, async () => {
    throw new Error('disk full');
  });
  await expect(ingest.accept(push())).rejects.toThrow('disk full');
  expect([counts['failed:failed'], ingest.load().uploads]).toEqual([1, 0]);
});

test('a sender that goes away is told apart from a bug', async () => {
  const { ingest, counts } = open();
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield PPROF.subarray(0, 5);
    throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  }
  expect(await keyOf(ingest.accept(push({ body: cut() })))).toBe('bodyCutOff');
  expect(counts['refused:bodyCutOff']).toBe(1);
});

test('close finishes what was accepted and refuses the rest', async () => {
  const { ingest, stored } = open();
  const accepted = ingest.accept(push());
  const closed = ingest.close();
  expect(await keyOf(ingest.accept(push()))).toBe('notReady');
  await Promise.all([accepted, closed]);
  expect(stored.length).toBe(1);
});
