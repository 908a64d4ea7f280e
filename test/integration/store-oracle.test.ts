import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isGauge, parseProfileType } from '../../src/model/profile-type.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Aggregation, ProfileStore } from '../../src/store/profile-store.ts';
import { CPU, INUSE_SPACE, makeUpload, stackIdOf, temporaryDirectory, type UploadText } from './store-support.ts';

/** The store's answers against the same rules on plain arrays, written a second time and as simply as can be. */

const S = 1_000_000_000n;
const T0 = 1_763_000_000n * S;
const AGGREGATIONS = ['mean', 'last', 'max', 'sum'] as const;

const directory = temporaryDirectory();
let store: ProfileStore;
let tenants = 0;

beforeAll(async () => {
  store = await openStore({ directory: directory.path });
});

afterAll(async () => {
  await store.close();
  directory.remove();
});

interface Snapshot {
  readonly series: string;
  readonly pod: string;
  readonly second: number;
  readonly values: Readonly<Record<string, number>>;
}

const stack = fc.constantFrom('', 'f;main', 'g;main', 'h;g;main', 'leak');
const snapshots = fc.uniqueArray(
  fc.record({
    pod: fc.constantFrom('', 'a', 'b'),
    session: fc.constantFrom('', '1', '2'),
    second: fc.integer({ min: 0, max: 100 }),
    values: fc.dictionary(stack, fc.integer({ min: 0, max: 1_000_000 }), { maxKeys: 5 }),
  }),
  // One snapshot of an averaging series at a time: which of two equals is the last is nobody's business.
  { maxLength: 30, selector: ({ pod, session, second }) => `${pod === '' ? session : pod} ${second}` },
);

test.each([INUSE_SPACE, CPU])('merges and draws %s as the plain rules do', async (profileType) => {
  const isGaugeType = isGauge(parseProfileType(profileType));
  await fc.assert(
    fc.asyncProperty(
      snapshots,
      fc.constantFrom(...AGGREGATIONS),
      fc.record({ from: fc.integer({ min: 0, max: 40 }), length: fc.integer({ min: 0, max: 80 }) }),
      fc.integer({ min: 1, max: 40 }),
      fc.option(fc.uniqueArray(stack, { maxLength: 3 })),
      async (profiles, aggregation, { from, length }, step, only) => {
        const tenant = `tenant ${tenants++}`;
        await store.append(profiles.map((profile) => makeUpload(uploadOf(tenant, profileType, profile))));
        const range = { fromNs: T0 + BigInt(from) * S, untilNs: T0 + BigInt(from + length) * S };
        const query = { tenant, selector: [], range, profileType, aggregation };

        const inRange = profiles.filter(({ second }) => second >= from && second <= from + length).map(named);
        const rule = isGaugeType ? aggregation : 'sum';
        expectClose((await store.mergeStacks(query)).values, mergeByRule(inRange, rule));

        const onlyStacks = only === null ? undefined : new Set(only.map(stackIdOf));
        const timeline = await store.timeline({
          ...query,
          stepNs: BigInt(step) * S,
          groupBy: [],
          ...(onlyStacks === undefined ? {} : { onlyStacks }),
        });
        const points = new Map(timeline[0]?.timesMs.map((ms, i) => [ms, timeline[0]?.values[i] ?? Number.NaN]));
        expectClose(points, timelineByRule(profiles.map(named), rule, from, from + length, step, only));
      },
    ),
    { numRuns: 40 },
  );
});

function uploadOf(
  tenant: string,
  profileType: string,
  {
    pod,
    session,
    second,
    values,
  }: { pod: string; session: string; second: number; values: Readonly<Record<string, number>> },
): UploadText {
  const labels = { pod, __session_id__: session };
  return { tenant, labels, timeNs: T0 + BigInt(second) * S, profiles: { [profileType]: values } };
}

function named<T extends { pod: string; session: string }>(one: T): T & { series: string } {
  return { ...one, series: one.pod === '' ? `session ${one.session}` : `pod ${one.pod}` };
}

function mergeByRule(profiles: readonly Snapshot[], rule: Aggregation): Map<bigint, number> {
  const merged = new Map<bigint, number>();
  for (const series of groupBy(profiles, (one) => one.series).values()) {
    for (const one of chosen(series, rule)) {
      for (const [text, value] of Object.entries(one.values)) {
        if (text === '' || value === 0) continue;
        const share = rule === 'mean' ? value / series.length : value;
        merged.set(stackIdOf(text), (merged.get(stackIdOf(text)) ?? 0) + share);
      }
    }
  }
  return merged;
}

function timelineByRule(
  profiles: readonly Snapshot[],
  rule: Aggregation,
  from: number,
  until: number,
  step: number,
  only: readonly string[] | null,
): Map<number, number> {
  const points = new Map<number, number>();
  const counted = profiles.map((one) => {
    const entries = Object.entries(one.values).filter(([text]) => only === null || only.includes(text));
    return { ...one, values: Object.fromEntries(entries) };
  });
  const asked = counted.filter(({ second }) => second >= from && second <= until);
  for (const [point, inStep] of groupBy(asked, ({ second }) => from + Math.ceil((second - from) / step) * step)) {
    if (point > until) continue;
    let sum = 0;
    for (const [name, series] of groupBy(counted, (one) => one.series)) {
      const own = inStep.filter((one) => one.series === name);
      const share = rule === 'mean' ? 1 / own.length : 1;
      for (const one of chosen(own, rule)) sum += total(one) * share;
      if (own.length === 0 && rule !== 'sum') sum += between(series, point - step, point);
    }
    points.set(Number(T0 / 1_000_000n) + point * 1000, sum);
  }
  return points;
}

/** What a series without a snapshot in (after, until] counts there: its last value, if it goes on soon enough. */
function between(series: readonly Snapshot[], after: number, until: number): number {
  const byTime = series.toSorted((a, b) => a.second - b.second);
  const next = byTime.findIndex(({ second }) => second > until);
  const previous = byTime[next - 1];
  if (next < 0 || previous === undefined || previous.second > after) return 0;
  const intervals = byTime.slice(1).map(({ second }, i) => second - byTime[i]!.second);
  const median = intervals.sort((a, b) => a - b)[Math.ceil(intervals.length / 2) - 1]!;
  return byTime[next]!.second - previous.second <= 2.5 * median ? total(previous) : 0;
}

function chosen(series: readonly Snapshot[], rule: Aggregation): readonly Snapshot[] {
  const byTime = series.toSorted((a, b) => a.second - b.second);
  if (rule === 'last') return byTime.slice(-1);
  if (rule === 'max') return byTime.toSorted((a, b) => total(a) - total(b)).slice(-1);
  return series;
}

function total({ values }: Snapshot): number {
  return Object.values(values).reduce((sum, value) => sum + value, 0);
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Equal keys, and values equal but for the order of additions. */
function expectClose<K>(actual: ReadonlyMap<K, number>, expected: ReadonlyMap<K, number>): void {
  expect(new Set(actual.keys())).toEqual(new Set(expected.keys()));
  for (const [key, value] of expected) expect(actual.get(key)).toBeCloseTo(value, 5);
}
