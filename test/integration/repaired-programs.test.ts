import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { judgeService } from '../../src/analysis/leaks/judge-service.ts';
import { pushAt, type RecordedPush, readRecording } from '../../src/cli/demo-replay.ts';
import { answerJob, openAnswer } from '../../src/ingest/decode-message.ts';
import type { Decoder } from '../../src/ingest/decode-pool.ts';
import { createIngest, type Ingest } from '../../src/ingest/ingest.ts';
import { createJudge, type Judge } from '../../src/judge/judge.ts';
import type { JudgeThread } from '../../src/judge/judge-thread.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { temporaryDirectory } from './store-support.ts';

const TENANT = 'anonymous';
const SERVICE = 'simple.golang.app';
const BEGIN_MS = 1_795_000_000_000;
/** The recorded intervals are 3, 5 and 10 s; a server judges every second profile. */
const JUDGE_EVERY_MS = 5_000;
const LIMIT_MS = 120_000;
const recordedLeak = new URL('../../examples/go-leak/recording/pushes.jsonl', import.meta.url);
const SETTINGS = {
  retentionMs: 0,
  maxBodyBytes: 1 << 22,
  maxProfileBytes: 1 << 24,
  maxQueuedUploads: 1024,
  maxStacks: 65_536,
};

let directory: ReturnType<typeof temporaryDirectory>;
let store: ProfileStore;
let ingest: Ingest;
let judge: Judge;
let nowMs: number;

beforeEach(async () => {
  directory = temporaryDirectory();
  nowMs = BEGIN_MS;
  const now = () => nowMs;
  store = await openStore({ directory: directory.path, now });
  const metrics = { ended() {}, decoded() {}, committed() {}, folded() {} };
  // In this thread, and so the judge: sources have no built workers.
  const decoder: Decoder = { decode: async (job) => openAnswer((await answerJob(job)).answer), close: async () => {} };
  ingest = createIngest({ store, settings: SETTINGS, now, metrics, decoder });
  const thread: JudgeThread = {
    judge: async (history, options) => judgeService(history, options),
    close: async () => {},
  };
  judge = createJudge({ store, now, minAgeMs: 25_000, tenant: TENANT, thread });
});

afterEach(async () => {
  await ingest.close();
  await judge.stop();
  await store.close();
  directory.remove();
});

/** Takes what a program sent within `limitMs`, at its times, and judges at least as often as the server would. */
async function replay(recording: URL, limitMs: number, seen: () => Promise<void> | void): Promise<void> {
  const pushes = (await readRecording(recording)).filter((push) => push.afterMs <= limitMs);
  for (let ms = 0; ms < limitMs; ms += JUDGE_EVERY_MS) {
    nowMs = BEGIN_MS + ms + JUDGE_EVERY_MS;
    const due = pushes.filter((push) => push.afterMs > ms && push.afterMs <= ms + JUDGE_EVERY_MS);
    await Promise.all(due.map((push) => accept(push)));
    await judge.judgeNow();
    await seen();
  }
  expect(pushes.at(-1)?.afterMs).toBeGreaterThan(limitMs - 30_000);
}

async function accept(push: RecordedPush): Promise<void> {
  const { query, form } = pushAt(push, BEGIN_MS + push.afterMs, 'a');
  const request = new Request('http://ingest', { method: 'POST', body: form });
  await ingest.accept({
    tenant: TENANT,
    query: Object.fromEntries(query),
    contentType: request.headers.get('content-type') ?? '',
    contentEncoding: '',
    declaredBytes: 0,
    body: [new Uint8Array(await request.arrayBuffer())],
  });
}

const recorded = (name: string) => new URL(`../fixtures/repaired-programs/${name}.jsonl`, import.meta.url);

describe('the recording of a real program under load, judged as it came in', () => {
  test.each([
    ['today', recorded('go-leak')],
    ['2023', recorded('go-leak-2023')],
  ])(
    'raises nothing in more than five minutes where it is repaired, with the SDK of %s',
    {
      timeout: LIMIT_MS,
    },
    async (_sdk, recording) => {
      const verdicts = new Set<string>();
      await replay(recording, 330_000, async () => {
        expect(await store.findings(TENANT)).toEqual([]);
        verdicts.add(judge.judgementOf(SERVICE)?.verdict ?? 'none');
      });
      expect([...verdicts].filter((verdict) => verdict !== 'none')).toEqual(['nodata', 'steady']);
    },
  );

  test('raises a leak within a minute where it is not', { timeout: LIMIT_MS }, async () => {
    const verdicts: (string | undefined)[] = [];
    await replay(recordedLeak, 60_000, () => {
      verdicts.push(judge.judgementOf(SERVICE)?.verdict);
    });
    expect(verdicts.at(-1)).toBe('leak');
  });
});
