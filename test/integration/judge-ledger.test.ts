import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServiceJudgement } from '../../src/analysis/leaks/judge-service.ts';
import { createLedger, type Ledger } from '../../src/judge/ledger.ts';
import type { FindingState, Incident } from '../../src/model/finding.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import type { Finding } from '../../src/wire/api.ts';
import { temporaryDirectory } from './store-support.ts';

const TENANT = 'anonymous';
const NOW_MS = 1_795_000_000_000;
const SITE = { function: 'main.f', file: 'main.go', line: 1 };

let directory: ReturnType<typeof temporaryDirectory>;
let store: ProfileStore;
let ledger: Ledger;

beforeEach(async () => {
  directory = temporaryDirectory();
  store = await openStore({ directory: directory.path });
  ledger = createLedger(store, TENANT);
});

afterEach(async () => {
  await store.close();
  directory.remove();
});

const GROWING = { goroutinesPerSecond: null, bytesPerSecond: { value: 2, low: 1, high: 3 } };

/** Growth at places `siteKeys`. */
function growth(verdict: 'leak' | 'watch', score: number, ...siteKeys: string[]): Incident {
  return {
    ...{ siteKeys, verdict, score, kind: 'goroutine', version: '1', instances: 1, headline: 'h', lead: 'l' },
    messages: {
      headline: { key: 'headline.watch.memory', params: { service: 'shop', function: 'main.f', ageMs: 60_000 } },
      lead: { key: 'lead.memory', params: { bytesNow: 1, doubt: 'A doubt.' } },
    },
    ...{ growingSinceMs: NOW_MS - 60_000, lastPointMs: NOW_MS, site: SITE, waitState: null, spawn: null },
    ...{ allocation: null, culprit: SITE, rate: GROWING, reasons: [] },
    levelledOff: false,
    evidence: {
      ...{ fromMs: 0, untilMs: 1, goroutines: [], heapBytes: [], stack: [], goroutinesNow: 1, bytesNow: null },
      ...{ bytesPerGoroutine: null, allocations: [], provenGoroutines: null },
    },
  };
}

async function record(...incidents: Incident[]): Promise<void> {
  await recordAt(NOW_MS, ...incidents);
}

async function recordAt(nowMs: number, ...incidents: Incident[]): Promise<void> {
  const ruledOut = new Map<string, string>();
  const judgement: ServiceJudgement = {
    ...{ service: 'shop', verdict: 'steady', note: '', isSilent: false, incidents, ruledOut, stepMs: 1000 },
  };
  await ledger.record(judgement, nowMs);
}

async function findings(): Promise<readonly Finding[]> {
  const rows = await store.findings(TENANT);
  return rows.map((row) => ({ ...(JSON.parse(row.finding) as Finding), state: row.state as FindingState }));
}

const states = async (): Promise<string[]> => (await findings()).map(({ id, state }) => `${id} ${state}`);

async function setState(id: string, state: FindingState): Promise<void> {
  await store.putFindings(TENANT, [{ ...(await store.finding(TENANT, id))!, state }]);
}

const leakAt = (...siteKeys: string[]) => growth('leak', 80, ...siteKeys);
/** Load explains it. */
const explainedAt = (...siteKeys: string[]) => growth('watch', 20, ...siteKeys);

describe('groups that merge', () => {
  it('become the oldest open finding', async () => {
    await record(leakAt('a'), leakAt('b'));
    await record(leakAt('b', 'a'));
    expect(await states()).toEqual(['1 open', '2 closed']);
    expect((await findings())[1]!.closedBecause).toBe('It is one with finding 1.');
    expect(JSON.parse((await store.finding(TENANT, '2'))!.evidence)).toMatchObject({ goroutinesNow: 1 });
  });

  it('leave findings alone that people have muted', async () => {
    await record(leakAt('a'), leakAt('b'));
    await setState('2', 'muted');
    await record(leakAt('a', 'b'));
    expect(await states()).toEqual(['1 open', '2 muted']);
    await record(leakAt('a'), leakAt('b'));
    expect(await states()).toEqual(['1 open', '2 muted']);
  });

  it('are not hidden by a muted one', async () => {
    await record(leakAt('a'), leakAt('b'));
    await setState('1', 'muted');
    await record(leakAt('a', 'b'));
    expect(await states()).toEqual(['1 muted', '2 open']);
  });
});

describe('evaluations in a row', () => {
  it('without the finding close it; one that has it begins anew, also where it is only watched', async () => {
    await record(explainedAt('a'));
    await record();
    await record(explainedAt('a'));
    await record();
    expect(await states()).toEqual(['1 open']);
    await record();
    expect(await states()).toEqual(['1 closed']);
  });

  it('that explain a leak take it back; one that doubts it only begins anew', async () => {
    const verdicts = async () => (await findings()).map(({ verdict }) => verdict);
    await record(leakAt('a'));
    await record(explainedAt('a'));
    await record(growth('watch', 60, 'a'));
    await record(explainedAt('a'));
    expect(await verdicts()).toEqual(['leak']);
    await record(explainedAt('a'));
    expect(await verdicts()).toEqual(['watch']);
  });

  it('that explain it and that lack it are counted apart', async () => {
    await record(leakAt('a'));
    await record(explainedAt('a'));
    await record();
    expect(await states()).toEqual(['1 open']);
  });
});

describe('a leak', () => {
  it('that is doubted stays one while it grows, and is said to be one with the figures of now', async () => {
    await record(leakAt('a'));
    await recordAt(NOW_MS + 20_000, growth('watch', 60, 'a'));
    expect(await findings()).toMatchObject([{ verdict: 'leak', score: 80 }]);
    const [{ headline, lead }] = (await findings()) as [Finding];
    expect(headline).toBe('shop leaks memory allocated in main.f, for 1\u202fmin.');
    expect(lead).not.toContain('doubt');
  });

  it('that is doubted and grows no longer for certain is only watched', async () => {
    await record(leakAt('a'));
    const flat = { goroutinesPerSecond: null, bytesPerSecond: { value: 0, low: 0, high: 0 } };
    await record({ ...growth('watch', 60, 'a'), rate: flat });
    expect(await findings()).toMatchObject([{ verdict: 'watch', state: 'open' }]);
  });

  it('is known by its sites until it is closed', async () => {
    await record(leakAt('a', 'b'), growth('watch', 60, 'c'));
    expect(await ledger.leakSites('shop')).toEqual(new Set(['a', 'b']));
    await record();
    await record();
    expect(await ledger.leakSites('shop')).toEqual(new Set());
  });

  it('speaks of the age that the finding has, not of that of the process', async () => {
    await record(leakAt('a'));
    await recordAt(NOW_MS + 20_000, { ...leakAt('a'), growingSinceMs: NOW_MS - 5000 });
    expect((await findings())[0]!.growingSince).toBe(new Date(NOW_MS - 60_000).toISOString());
    expect((await findings())[0]!.headline).toContain('for 1\u202fmin');
  });

  it('that was explained and is one again was never mended', async () => {
    await record(leakAt('a'));
    await record(explainedAt('a'));
    await record(explainedAt('a'));
    await record(leakAt('a'));
    expect(await findings()).toMatchObject([{ id: '1', verdict: 'leak', state: 'open' }]);
  });

  it('that was closed and is one again has regressed', async () => {
    await record(leakAt('a'));
    await record();
    await record();
    await record(leakAt('a'));
    expect(await states()).toEqual(['1 regressed']);
  });
});

describe('services that send nothing any more', () => {
  it('have their open findings closed', async () => {
    await record(leakAt('a'), leakAt('b'));
    await setState('2', 'muted');
    await ledger.closeGone(new Set(['shop']), NOW_MS);
    expect(await states()).toEqual(['1 open', '2 muted']);
    await ledger.closeGone(new Set(['cart']), NOW_MS);
    expect(await states()).toEqual(['1 closed', '2 muted']);
    expect((await findings())[0]!.closedBecause).toBe('No profiles came for 24 h.');
  });

  it('have not regressed when they come back as they were', async () => {
    await record(leakAt('a'));
    await ledger.closeGone(new Set(), NOW_MS);
    await record(leakAt('a'));
    expect(await findings()).toMatchObject([{ id: '1', state: 'open', verdict: 'leak', closedBecause: null }]);
  });
});
