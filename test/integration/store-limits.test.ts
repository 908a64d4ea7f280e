import { expect, test } from 'vitest';
import type { Matcher } from '../../src/model/selector.ts';
import { OTHER_FRAME } from '../../src/model/stack.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { openForTests } from './open-for-tests.ts';
import { ALLOC_SPACE, CPU, INUSE_SPACE, makeUpload, stackIdOf } from './store-support.ts';

/** Questions that are broken, given up, or about numbers that are too large. */

const S = 1_000_000_000n;
const T0 = 1_763_000_000n * S;
const RANGE = { fromNs: T0, untilNs: T0 + 3600n * S };

let store: ProfileStore;
openForTests((opened) => {
  store = opened;
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

test('answers what reads no profiles ahead of what does', async () => {
  const ask = { ...queryOf('nobody'), profileType: CPU, aggregation: 'sum', stepNs: S, groupBy: [] } as const;
  const answered: string[] = [];
  const noted = (name: string, question: Promise<unknown>) => question.then(() => answered.push(name));
  await Promise.all([
    ...['first', 'second', 'third'].map((name) => noted(name, store.timeline(ask))),
    noted('labels', store.labelNames(ask)),
    noted('finding', store.finding('nobody', '1')),
  ]);
  expect(answered).toEqual(['finding', 'labels', 'first', 'second', 'third']);
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

test('adds the stacks beyond the largest up to one', async () => {
  const tenant = 'many stacks';
  const profiles = { [INUSE_SPACE]: { a: 5, 'b;a': 3, 'c;a': 3, d: 3, e: -1, '': 8 } };
  await store.append([makeUpload({ tenant, timeNs: T0, profiles })]);
  const ask = { ...queryOf(tenant), profileType: INUSE_SPACE, aggregation: 'mean' } as const;
  const exact = await store.mergeStacks(ask);
  expect([exact.values.size, exact.stacks.size]).toEqual([5, 5]);
  expect(await store.mergeStacks({ ...ask, maxStacks: 5 })).toEqual(exact);

  const { values, stacks } = await store.mergeStacks({ ...ask, maxStacks: 2 });
  expect(values.get(stackIdOf('a'))).toBe(5);
  expect([...values.values()]).toEqual(expect.arrayContaining([5, 3, 5]));
  const other = [...stacks].find(([, stack]) => stack[0] === OTHER_FRAME);
  expect(values.get(other![0])).toBe(3 + 3 - 1);
  expect([values.size, new Set(stacks.keys())]).toEqual([3, new Set(values.keys())]);
});

test('finds the frames of more stacks than one statement asks for', async () => {
  const tenant = 'very many stacks';
  const texts = Array.from({ length: 45_000 }, (_, i) => `g${i}`);
  const stackIds = BigUint64Array.from(texts, stackIdOf).sort();
  const numbers = new Map(texts.map((text, i) => [stackIdOf(text), i + 1]));
  const names = ['main', ...texts];
  const symbols = {
    strings: names,
    frameFunction: Int32Array.from(names, (_, i) => i),
    frameFile: Int32Array.from(names, () => 0),
    frameLine: Int32Array.from(names, (_, i) => i),
    stackOffsets: Int32Array.from({ length: 45_001 }, (_, i) => i * 2),
    stackFrames: Int32Array.from([...stackIds].flatMap((id) => [numbers.get(id)!, 0])),
  };
  const values = BigInt64Array.from(stackIds, () => 1n);
  const one = makeUpload({ tenant, timeNs: T0, profiles: {} });
  await store.append([{ ...one, stackIds, symbols, rows: [{ profileType: CPU, values, total: 45_000n }] }]);
  const { stacks } = await store.mergeStacks({ ...queryOf(tenant), profileType: CPU, aggregation: 'sum' });
  expect(stacks.size).toBe(45_000);
  const shown = [...stackIds].map((id) =>
    stacks
      .get(id)
      ?.map((frame) => `${frame.function}:${frame.line}`)
      .join(),
  );
  expect(shown).toEqual([...stackIds].map((id) => `g${numbers.get(id)! - 1}:${numbers.get(id)},main:0`));
});
