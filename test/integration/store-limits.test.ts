import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Matcher } from '../../src/model/selector.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { ALLOC_SPACE, CPU, INUSE_SPACE, makeUpload, stackIdOf, temporaryDirectory } from './store-support.ts';

/** Questions that are broken, given up, or about numbers that are too large. */

const S = 1_000_000_000n;
const T0 = 1_763_000_000n * S;
const RANGE = { fromNs: T0, untilNs: T0 + 3600n * S };

const directory = temporaryDirectory();
let store: ProfileStore;

beforeAll(async () => {
  store = await openStore({ directory: directory.path });
});

afterAll(async () => {
  await store.close();
  directory.remove();
});

function queryOf(tenant: string) {
  return { tenant, selector: [], range: RANGE };
}

test('names the pattern that is none among many', async () => {
  const good = Array.from({ length: 49 }, (_, i): Matcher => ({ name: `l${i}`, operator: '!~', value: `x(${i}|y)` }));
  const selector: Matcher[] = [...good, { name: 'broken', operator: '=~', value: 'x)' }];
  await expect(store.labelNames({ tenant: 'nobody', selector, range: RANGE })).rejects.toMatchObject({
    key: 'badSelector',
    details: { why: 'broken: `x)` is not a regular expression (RE2): unexpected )' },
  });
});

test('begins no statement of a question that was given up', async () => {
  const signal = AbortSignal.abort(new Error('given up'));
  const ask = {
    ...queryOf('nobody'),
    profileType: CPU,
    aggregation: 'sum',
    stepNs: S,
    groupBy: [],
    maxPoints: 9,
  } as const;
  const questions = [
    store.profileTypes(ask, signal),
    store.labelNames(ask, signal),
    store.labelValues(ask, 'pod', signal),
    store.series(ask, [], signal),
    store.mergeStacks(ask, signal),
    store.timeline(ask, signal),
    store.services('nobody', RANGE, signal),
    store.history({ ...ask, service: 'shop' }, signal),
  ];
  const answers = await Promise.allSettled(questions);
  const reasons = answers.map((answer) => answer.status === 'rejected' && String(answer.reason));
  expect(reasons).toEqual(questions.map(() => 'Error: given up'));
});

test('adds beyond 64 bits without wrapping around', async () => {
  const tenant = 'large';
  const largest = 2n ** 63n - 1n;
  const at = (seconds: bigint) =>
    makeUpload({
      tenant,
      labels: { pod: 'a' },
      timeNs: T0 + seconds * S,
      durationNs: largest,
      profiles: Object.fromEntries([CPU, INUSE_SPACE, ALLOC_SPACE].map((type) => [type, { f: largest }])),
    });
  await store.append([at(0n), at(1n)]);
  const ask = { ...queryOf(tenant), aggregation: 'mean', stepNs: 30n * S, groupBy: [] } as const;
  for (const [profileType, value] of [
    [CPU, 2 ** 64],
    [INUSE_SPACE, 2 ** 63],
  ] as const) {
    expect((await store.mergeStacks({ ...ask, profileType })).values.get(stackIdOf('f'))).toBe(value);
    const range = { fromNs: T0 - 1n, untilNs: T0 - 1n + 30n * S };
    for (const onlyStacks of [undefined, new Set([stackIdOf('f')])]) {
      const filter = onlyStacks === undefined ? {} : { onlyStacks };
      expect((await store.timeline({ ...ask, profileType, range, ...filter }))[0]?.values).toEqual([value]);
    }
  }
  // One bin for both profiles.
  const history = await store.history({ tenant, service: 'shop', range: RANGE, maxPoints: 1 });
  const { allocSpace } = history.segments[0] ?? {};
  expect([...(allocSpace?.totals ?? []), ...(allocSpace?.coveredS ?? [])]).toEqual([2 ** 64, 2 ** 64 / 1e9]);
  expect([...(allocSpace?.byStack.get(stackIdOf('f')) ?? [])]).toEqual([2 ** 64]);
});
