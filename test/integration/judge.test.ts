import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { judgeService } from '../../src/analysis/leaks/judge-service.ts';
import { createJudge, type Judge } from '../../src/judge/judge.ts';
import type { JudgeThread } from '../../src/judge/judge-thread.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { ProfileStore, Upload } from '../../src/store/profile-store.ts';
import type { Finding } from '../../src/wire/api.ts';
import { randomOf } from '../support/synthetic-history.ts';
import { ALLOC_SPACE, GOROUTINES, INUSE_SPACE, makeUpload, temporaryDirectory } from './store-support.ts';

const TENANT = 'anonymous';
const INUSE_OBJECTS = 'memory:inuse_objects:count:space:bytes';
const GOROUTINE_LEAK = 'goroutine_leak:goroutineleak:count:goroutineleak:count';
const LEAK = 'runtime.gopark;runtime.chansend;runtime.chansend1;main.longRunningTask';
const POOL = 'runtime.gopark;runtime.chanrecv;runtime.chanrecv1;main.worker';
const ALLOCATION = 'main.longRunningTask';
const OBJECT_BYTES = 106_496;
const S = 1_000_000_000n;
const BEGIN_MS = 1_795_000_000_000;
const STEP_S = 15;

/** What the thread does, in this one: sources have no built worker. */
const THREAD: JudgeThread = {
  judge: async (history, options) => judgeService(history, options),
  close: async () => {},
};

let directory: ReturnType<typeof temporaryDirectory>;
let store: ProfileStore;
let judge: Judge;
let nowMs: number;
const errors: unknown[] = [];

beforeEach(async () => {
  directory = temporaryDirectory();
  nowMs = BEGIN_MS;
  errors.length = 0;
  store = await openStore({ directory: directory.path, now: () => nowMs });
  judge = newJudge(store);
});

afterEach(async () => {
  await judge.stop();
  await store.close();
  directory.remove();
});

function newJudge(of: Parameters<typeof createJudge>[0]['store']): Judge {
  return createJudge({
    store: of,
    now: () => nowMs,
    minAgeMs: 1_800_000,
    tenant: TENANT,
    thread: THREAD,
    onError: (error) => errors.push(error),
  });
}

interface Run {
  readonly service?: string;
  readonly session: string;
  readonly version?: string;
  /** Leaked goroutines at profile i. */
  readonly leaked?: (i: number) => number;
  readonly proven?: (i: number) => number;
}

/** Appends profiles `from` to `until` of a process whose first profile came at BEGIN_MS, and sets the clock to the last. */
async function send(run: Run, from: number, until: number): Promise<void> {
  const random = randomOf(from);
  const uploads: Upload[] = [];
  for (let i = from; i < until; i++) {
    const leaked = Math.round(run.leaked?.(i) ?? 0);
    const timeNs = BigInt(BEGIN_MS) * 1_000_000n + BigInt(i * STEP_S) * S;
    const labels = { hostname: 'a', version: run.version ?? '1', __session_id__: run.session };
    const common = { tenant: TENANT, service: run.service ?? 'shop', timeNs, durationNs: BigInt(STEP_S) * S };
    const bytes = leaked * OBJECT_BYTES;
    uploads.push(
      makeUpload({
        ...common,
        labels,
        profiles: { [GOROUTINES]: { [LEAK]: leaked, [POOL]: 30 + Math.round(4 * random()) } },
      }),
      makeUpload({
        ...common,
        labels: { ...labels, 'otel.scope.name': 'heap' },
        period: 524_288n,
        profiles: {
          [INUSE_SPACE]: { [ALLOCATION]: bytes },
          [INUSE_OBJECTS]: { [ALLOCATION]: leaked },
          [ALLOC_SPACE]: { [ALLOCATION]: bytes - Math.round(run.leaked?.(i - 1) ?? 0) * OBJECT_BYTES },
        },
      }),
    );
    if (run.proven)
      uploads.push(
        makeUpload({ ...common, labels, profiles: { [GOROUTINE_LEAK]: { [LEAK]: Math.round(run.proven(i)) } } }),
      );
  }
  await store.append(uploads);
  nowMs = Math.max(nowMs, BEGIN_MS + (until - 1) * STEP_S * 1000);
}

async function findings(service?: string): Promise<readonly Finding[]> {
  const rows = await store.findings(TENANT, { service });
  return rows.map((row) => JSON.parse(row.finding) as Finding).sort((a, b) => Number(a.id) - Number(b.id));
}

const growing = (i: number) => 3 * i;

describe('judgements', () => {
  it('name a leak, with its evidence, from stored profiles', async () => {
    await send({ session: 's1', leaked: growing }, 0, 200);
    await judge.judgeNow('shop');
    expect(judge.judgementOf('shop')).toMatchObject({ verdict: 'leak' });
    expect(judge.judgedAtMs).toBe(nowMs);
    const [finding] = await findings();
    expect(finding).toMatchObject({
      id: '1',
      service: 'shop',
      version: '1',
      verdict: 'leak',
      state: 'open',
      kind: 'both',
      instances: 1,
      waitState: 'chan send',
      culprit: { function: 'main.longRunningTask' },
      allocation: { function: 'main.longRunningTask' },
      closedBecause: null,
    });
    expect(finding!.firstSeen).toBe(new Date(nowMs).toISOString());
    const row = await store.finding(TENANT, '1');
    const evidence = JSON.parse(row!.evidence) as { bytesPerGoroutine: { value: number }; goroutinesNow: number };
    expect(evidence.goroutinesNow).toBe(growing(199));
    expect(evidence.bytesPerGoroutine.value).toBeCloseTo(OBJECT_BYTES, -2);
    expect(errors).toEqual([]);
  });

  it('do not exist before there are profiles, and are nodata at first', async () => {
    await judge.judgeNow();
    expect(judge.judgementOf('shop')).toBeUndefined();
    await send({ session: 's1' }, 0, 3);
    await judge.judgeNow();
    expect(judge.judgementOf('shop')).toMatchObject({ verdict: 'nodata' });
    expect(await findings()).toEqual([]);
  });
});

describe('the ledger', () => {
  it('keeps one id from watch to leak and over a restart of the server', async () => {
    await send({ session: 's1', leaked: growing }, 0, 24);
    await judge.judgeNow();
    expect(await findings()).toMatchObject([{ id: '1', verdict: 'watch', state: 'open' }]);
    const seenFirst = (await findings())[0]!.firstSeen;
    await judge.stop();
    judge = newJudge(store);
    await send({ session: 's1', leaked: growing }, 24, 200);
    await judge.judgeNow();
    expect(await findings()).toMatchObject([{ id: '1', verdict: 'leak', state: 'open', firstSeen: seenFirst }]);
  });

  it('numbers new findings on, across services and restarts', async () => {
    await send({ session: 's1', leaked: growing }, 0, 200);
    await judge.judgeNow();
    judge = newJudge(store);
    await send({ service: 'cart', session: 's2', leaked: growing }, 0, 200);
    await judge.judgeNow();
    expect((await findings()).map((finding) => [finding.id, finding.service])).toEqual([
      ['1', 'shop'],
      ['2', 'cart'],
    ]);
  });

  it('keeps a leak open, levelled off, when it stops growing and nothing returns', async () => {
    await send({ session: 's1', leaked: growing }, 0, 160);
    await judge.judgeNow();
    await send({ session: 's1', leaked: () => growing(160) }, 160, 320);
    for (let k = 0; k < 3; k++) await judge.judgeNow();
    expect(await findings()).toMatchObject([{ id: '1', verdict: 'leak', state: 'open', levelledOff: true }]);
  });

  it('closes after two evaluations without it, says why, and reopens as regressed', async () => {
    await send({ session: 's1', leaked: growing }, 0, 160);
    await judge.judgeNow();
    await send({ session: 's2', version: '2' }, 162, 322);
    await judge.judgeNow();
    expect(await findings()).toMatchObject([{ id: '1', state: 'open' }]);
    await judge.judgeNow();
    expect(await findings()).toMatchObject([{ id: '1', state: 'closed', verdict: 'leak' }]);
    expect((await findings())[0]!.closedBecause).toMatch(/^\S.*\.$/);
    await send({ session: 's3', version: '3', leaked: (i) => growing(i - 324) }, 325, 500);
    await judge.judgeNow();
    expect(await findings()).toMatchObject([
      { id: '1', state: 'regressed', verdict: 'leak', version: '3', closedBecause: null },
    ]);
  });

  it('keeps states that people set', async () => {
    await send({ session: 's1', leaked: growing }, 0, 160);
    await judge.judgeNow();
    const row = (await store.finding(TENANT, '1'))!;
    await store.putFindings(TENANT, [{ ...row, state: 'muted' }]);
    await send({ session: 's1', leaked: growing }, 160, 200);
    await judge.judgeNow();
    expect((await store.finding(TENANT, '1'))!.state).toBe('muted');
  });

  it('opens a leak at once on proof by the runtime', async () => {
    await send({ session: 's1', leaked: () => 2, proven: () => 2 }, 0, 2);
    await judge.judgeNow();
    expect(await findings()).toMatchObject([{ id: '1', verdict: 'leak', score: 100, waitState: 'chan send' }]);
  });
});

// Rests are nine times as long as the work: a busy machine makes them long.
describe('the loop', { timeout: 150_000 }, () => {
  it('judges services as their data arrive, and stops when told', async () => {
    await send({ session: 's1', leaked: growing }, 0, 200);
    judge.start();
    await expect.poll(() => judge.judgementOf('shop')?.verdict, { timeout: 60_000 }).toBe('leak');
    const judgedMs = judge.judgedAtMs!;
    await send({ session: 's1', leaked: growing }, 200, 204);
    await expect.poll(() => judge.judgedAtMs, { timeout: 60_000 }).toBeGreaterThan(judgedMs);
    await judge.stop();
    expect(errors).toEqual([]);
  });

  it('breaks off what is under way when it is stopped, and calls that no failure', async () => {
    await send({ session: 's1', leaked: growing }, 0, 200);
    let isReading = false;
    judge = newJudge({
      ...store,
      history: (_query, signal) =>
        new Promise((_resolve, reject) => {
          isReading = true;
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    });
    judge.start();
    await expect.poll(() => isReading, { timeout: 60_000 }).toBe(true);
    await judge.stop();
    expect([judge.failures, errors]).toEqual([0, []]);
  });

  it('says when a service has fallen silent', async () => {
    await send({ session: 's1' }, 0, 60);
    judge.start();
    await expect.poll(() => judge.judgementOf('shop')?.verdict, { timeout: 60_000 }).toBe('steady');
    nowMs += 120_000;
    await expect.poll(() => judge.judgementOf('shop')?.verdict, { timeout: 60_000 }).toBe('nodata');
    expect(judge.judgementOf('shop')!.note).toMatch(/^Silent/);
  });

  it('closes the findings of a service that is gone', async () => {
    await send({ session: 's1', leaked: growing }, 0, 200);
    await judge.judgeNow();
    expect(await findings()).toMatchObject([{ id: '1', state: 'open' }]);
    nowMs += 25 * 3_600_000;
    judge.start();
    await expect.poll(async () => (await findings())[0]?.state, { timeout: 60_000 }).toBe('closed');
    expect(errors).toEqual([]);
  });

  it('goes on with other services when one cannot be judged, and counts', async () => {
    const broken: ProfileStore = {
      ...store,
      history: (query) => (query.service === 'broken' ? Promise.reject(new Error('unreadable')) : store.history(query)),
    };
    judge = newJudge(broken);
    await send({ service: 'broken', session: 's0', leaked: growing }, 0, 200);
    await send({ session: 's1', leaked: growing }, 0, 200);
    judge.start();
    await expect.poll(() => judge.judgementOf('shop')?.verdict, { timeout: 60_000 }).toBe('leak');
    expect(judge.failures).toBeGreaterThan(0);
    expect(String(errors[0])).toContain('unreadable');
    expect(judge.judgementOf('broken')).toMatchObject({ verdict: 'nodata' });
  });
});
