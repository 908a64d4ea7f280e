import { beforeAll, describe, expect, test } from 'vitest';
import type { Matcher } from '../../src/model/selector.ts';
import type { ProfileStore } from '../../src/store/profile-store.ts';
import { openForTests } from './open-for-tests.ts';
import { ALLOC_SPACE, CPU, framesOf, GOROUTINES, INUSE_SPACE, makeUpload, stackIdOf } from './store-support.ts';

const S = 1_000_000_000n;
/** 2025-11-13T02:13:20Z */
const T0 = 1_763_000_000n * S;
const RANGE = { fromNs: T0, untilNs: T0 + 3600n * S };

let store: ProfileStore;
openForTests((opened) => {
  store = opened;
});

/** A tenant of its own for each test: they share one engine. */
const tenantOf = (name: string): string => `tenant ${name}`;
const query = (tenant: string, ...selector: Matcher[]) => ({ tenant, selector, range: RANGE });
const is = (name: string, value: string): Matcher => ({ name, operator: '=', value });

describe('labels', () => {
  const tenant = tenantOf('labels');
  beforeAll(async () => {
    await store.append([
      makeUpload({ tenant, labels: { pod: 'a', region: 'eu' }, timeNs: T0, profiles: { [INUSE_SPACE]: { f: 1 } } }),
      makeUpload({ tenant, labels: { pod: 'b' }, timeNs: T0 + 10n * S, profiles: { [CPU]: { f: 1 } } }),
      makeUpload({ tenant, service: 'till', timeNs: T0 + 2n * 3600n * S, profiles: { [CPU]: { f: 1 } } }),
    ]);
  });

  test('lists the profile types of the range, sorted', async () => {
    expect(await store.profileTypes(query(tenant))).toEqual([INUSE_SPACE, CPU]);
    expect(await store.profileTypes(query(tenant, is('pod', 'b')))).toEqual([CPU]);
  });

  test('lists label names with the virtual ones', async () => {
    expect(await store.labelNames(query(tenant))).toEqual([
      '__name__',
      '__period_type__',
      '__period_unit__',
      '__profile_type__',
      '__type__',
      '__unit__',
      'pod',
      'region',
      'service_name',
    ]);
  });

  test('lists values of the range only, of virtual labels too', async () => {
    expect(await store.labelValues(query(tenant), 'pod')).toEqual(['a', 'b']);
    expect(await store.labelValues(query(tenant), 'service_name')).toEqual(['shop']);
    expect(await store.labelValues(query(tenant), '__type__')).toEqual(['cpu', 'inuse_space']);
    expect(await store.labelValues(query(tenant), '__period_unit__')).toEqual(['bytes', 'nanoseconds']);
    expect(await store.labelValues(query(tenant), "no'such\\label")).toEqual([]);
  });

  test('keeps a label from yesterday out of a range of today', async () => {
    const range = { fromNs: T0 + 5n * S, untilNs: T0 + 60n * S };
    expect(await store.labelValues({ tenant, selector: [], range }, 'pod')).toEqual(['b']);
  });

  test('answers distinct label sets cut down to the names', async () => {
    expect(await store.series(query(tenant), ['pod', '__type__'])).toEqual([
      { pod: 'a', __type__: 'inuse_space' },
      { pod: 'b', __type__: 'cpu' },
    ]);
    expect(await store.series(query(tenant), ['service_name'])).toEqual([{ service_name: 'shop' }]);
    expect(await store.series(query(tenant, is('pod', 'b')), [])).toEqual([
      {
        __name__: 'process_cpu',
        __period_type__: 'cpu',
        __period_unit__: 'nanoseconds',
        __profile_type__: CPU,
        __type__: 'cpu',
        __unit__: 'nanoseconds',
        pod: 'b',
        service_name: 'shop',
      },
    ]);
  });

  test.each<[string, Matcher, string[]]>([
    ['=', is('pod', 'a'), ['a']],
    ['= of an absent label as empty', is('region', ''), ['b']],
    ['!=', { name: 'pod', operator: '!=', value: 'a' }, ['b']],
    ['!= keeps series without the label', { name: 'region', operator: '!=', value: 'us' }, ['a', 'b']],
    ['=~', { name: 'pod', operator: '=~', value: 'a|b' }, ['a', 'b']],
    ['=~ anchored at both ends', { name: 'region', operator: '=~', value: 'e' }, []],
    ['=~ anchored over alternatives', { name: 'region', operator: '=~', value: 'e|u' }, []],
    ['!~', { name: 'pod', operator: '!~', value: '[a]' }, ['b']],
    ['a virtual label', is('__profile_type__', CPU), ['b']],
    ['the service', { name: 'service_name', operator: '=~', value: 'sh.p' }, ['a', 'b']],
  ])('selects by %s', async (_, matcher, pods) => {
    expect(await store.labelValues(query(tenant, matcher), 'pod')).toEqual(pods);
    const merged = await store.mergeStacks({ ...query(tenant, matcher), profileType: CPU, aggregation: 'sum' });
    expect(merged.profileCount).toBe(pods.includes('b') ? 1 : 0);
  });

  test.each(['a(', '[', '*', 'a)|(b', 'a\\', 'a**', '(?P<n'])(
    'refuses the pattern %s as badSelector',
    async (value) => {
      const selector: Matcher[] = [{ name: 'pod', operator: '=~', value }];
      const failure = { key: 'badSelector' };
      await expect(store.labelValues({ tenant, selector, range: RANGE }, 'pod')).rejects.toMatchObject(failure);
      await expect(store.series({ tenant: 'nobody', selector, range: RANGE }, [])).rejects.toMatchObject(failure);
      const merge = { tenant, selector, range: RANGE, profileType: CPU, aggregation: 'sum' } as const;
      await expect(store.mergeStacks(merge)).rejects.toMatchObject(failure);
      await expect(store.timeline({ ...merge, stepNs: S, groupBy: [] })).rejects.toMatchObject(failure);
    },
  );
});

describe('merging', () => {
  const tenant = tenantOf('merging');
  const merge = (profileType: string, aggregation: 'mean' | 'last' | 'max' | 'sum', ...selector: Matcher[]) =>
    store.mergeStacks({ ...query(tenant, ...selector), profileType, aggregation });

  beforeAll(async () => {
    const at = (seconds: bigint, pod: string, session: string, inuse: Record<string, number>) =>
      makeUpload({
        tenant,
        labels: { pod, __session_id__: session },
        timeNs: T0 + seconds * S,
        profiles: { [INUSE_SPACE]: inuse, [ALLOC_SPACE]: inuse },
      });
    await store.append([
      at(0n, 'a', '1', { 'f;main': 100, '': 7 }),
      at(15n, 'a', '1', { 'f;main': 300, 'g;main': 60 }),
      // The same pod after a restart: one series of snapshots.
      at(30n, 'a', '2', { 'g;main': 30 }),
      at(0n, 'b', '3', { 'f;main': 1000 }),
    ]);
  });

  test('averages gauges per instance over all its snapshots, absent stacks as 0, and adds instances', async () => {
    const { values, stacks, profileCount, seriesCount } = await merge(INUSE_SPACE, 'mean');
    expect(values).toEqual(
      new Map([
        [stackIdOf('f;main'), 400 / 3 + 1000],
        [stackIdOf('g;main'), 30],
      ]),
    );
    expect(stacks.get(stackIdOf('g;main'))).toEqual(framesOf('g;main'));
    expect([profileCount, seriesCount, stacks.size]).toEqual([4, 3, 2]);
  });

  test('takes the last or the largest snapshot of each instance, or all', async () => {
    expect((await merge(INUSE_SPACE, 'last')).values).toEqual(
      new Map([
        [stackIdOf('f;main'), 1000],
        [stackIdOf('g;main'), 30],
      ]),
    );
    expect((await merge(INUSE_SPACE, 'max')).values).toEqual(
      new Map([
        [stackIdOf('f;main'), 1300],
        [stackIdOf('g;main'), 60],
      ]),
    );
    expect((await merge(INUSE_SPACE, 'sum')).values.get(stackIdOf('f;main'))).toBe(1400);
  });

  test('sums counters whatever the aggregation', async () => {
    for (const aggregation of ['mean', 'last', 'max', 'sum'] as const) {
      const { values } = await merge(ALLOC_SPACE, aggregation);
      expect(values.get(stackIdOf('f;main'))).toBe(1400);
      expect(values.get(stackIdOf('g;main'))).toBe(90);
    }
  });

  test('answers nothing where nothing matches', async () => {
    const merged = await merge(INUSE_SPACE, 'mean', is('pod', 'z'));
    expect(merged).toEqual({ values: new Map(), stacks: new Map(), profileCount: 0, seriesCount: 0 });
  });

  test('counts both ends of the range', async () => {
    const range = { fromNs: T0, untilNs: T0 };
    const merged = await store.mergeStacks({ ...query(tenant), range, profileType: INUSE_SPACE, aggregation: 'mean' });
    expect(merged.profileCount).toBe(2);
  });
});

describe('the timeline', () => {
  const tenant = tenantOf('timeline');
  const timeline = (profileType: string, more: object = {}) =>
    store.timeline({
      tenant,
      selector: [],
      range: { fromNs: T0, untilNs: T0 + 65n * S },
      profileType,
      aggregation: 'mean',
      stepNs: 30n * S,
      groupBy: [],
      ...more,
    });
  const t0Ms = Number(T0 / 1_000_000n);

  beforeAll(async () => {
    const at = (seconds: bigint, pod: string, f: number) =>
      makeUpload({
        tenant,
        labels: { pod },
        timeNs: T0 + seconds * S,
        profiles: { [INUSE_SPACE]: { f, '': 1 }, [CPU]: { f, '': 1 } },
      });
    await store.append([
      at(0n, 'a', 10),
      at(1n, 'a', 20),
      at(30n, 'a', 40),
      at(30n, 'b', 100),
      at(31n, 'b', 200),
      at(62n, 'b', 400),
    ]);
  });

  test('gives the point at t what lies in (t - step, t], and drops what follows the last point', async () => {
    expect(await timeline(CPU)).toEqual([
      { labels: {}, timesMs: [t0Ms, t0Ms + 30_000, t0Ms + 60_000], values: [11, 163, 201] },
    ]);
  });

  test('averages gauges per instance and step, then adds instances; the empty stack counts', async () => {
    expect((await timeline(INUSE_SPACE))[0]?.values).toEqual([11, 31 + 101, 201]);
    expect((await timeline(INUSE_SPACE, { aggregation: 'last' }))[0]?.values).toEqual([11, 41 + 101, 201]);
    expect((await timeline(INUSE_SPACE, { aggregation: 'max' }))[0]?.values).toEqual([11, 41 + 101, 201]);
    expect((await timeline(INUSE_SPACE, { aggregation: 'sum' }))[0]?.values).toEqual([11, 62 + 101, 201]);
  });

  test('groups by labels, and leaves out steps without profiles', async () => {
    expect(await timeline(INUSE_SPACE, { groupBy: ['pod', 'nothing'] })).toEqual([
      { labels: { pod: 'a' }, timesMs: [t0Ms, t0Ms + 30_000], values: [11, 31] },
      { labels: { pod: 'b' }, timesMs: [t0Ms + 30_000, t0Ms + 60_000], values: [101, 201] },
    ]);
    expect(await timeline(INUSE_SPACE, { groupBy: ['nothing'] })).toHaveLength(1);
  });

  test('counts only the stacks that were asked for', async () => {
    expect((await timeline(CPU, { onlyStacks: new Set([stackIdOf('')]) }))[0]?.values).toEqual([1, 3, 1]);
    expect((await timeline(CPU, { onlyStacks: new Set([stackIdOf('f'), 5n]) }))[0]?.values).toEqual([10, 160, 200]);
    expect((await timeline(CPU, { onlyStacks: new Set() }))[0]?.values).toEqual([0, 0, 0]);
  });

  test('takes tens of thousands of stacks', async () => {
    const onlyStacks = new Set(Array.from({ length: 65_536 }, (_, i) => stackIdOf(`other ${i}`)));
    expect((await timeline(CPU, { onlyStacks: onlyStacks.add(stackIdOf('f')) }))[0]?.values).toEqual([10, 160, 200]);
  });
});

test('lists services with their versions and instances', async () => {
  const tenant = tenantOf('services');
  const profiles = { [CPU]: { f: 1 }, [INUSE_SPACE]: { f: 1 } };
  await store.append([
    makeUpload({ tenant, service: 'b', labels: { pod: 'x', version: '1' }, timeNs: T0 + 5n, profiles }),
    makeUpload({ tenant, service: 'b', labels: { hostname: 'y', service_git_ref: '2' }, timeNs: T0, profiles }),
    makeUpload({ tenant, service: 'a', labels: { __session_id__: 's' }, timeNs: T0 + 9n, profiles: { [CPU]: {} } }),
    makeUpload({ tenant, service: 'old', timeNs: T0 - 1n, profiles }),
  ]);
  expect(await store.services(tenant, RANGE)).toEqual([
    { name: 'a', versions: [], instances: ['s'], profileTypes: [CPU], firstSeenNs: T0 + 9n, lastSeenNs: T0 + 9n },
    {
      name: 'b',
      versions: ['1', '2'],
      instances: ['x', 'y'],
      profileTypes: [INUSE_SPACE, CPU],
      firstSeenNs: T0,
      lastSeenNs: T0 + 5n,
    },
  ]);
});

test('keeps tenants apart in every answer', async () => {
  const [mine, yours] = [tenantOf('mine'), tenantOf('yours')];
  const of = (tenant: string, stack: string) =>
    makeUpload({ tenant, labels: { [`label_${stack}`]: 'x' }, timeNs: T0, profiles: { [GOROUTINES]: { [stack]: 3 } } });
  await store.append([of(mine, 'm'), of(yours, 'y')]);
  const gauge = { ...query(mine), profileType: GOROUTINES, aggregation: 'mean' } as const;
  expect([...(await store.mergeStacks(gauge)).values.keys()]).toEqual([stackIdOf('m')]);
  expect((await store.timeline({ ...gauge, stepNs: S, groupBy: [] }))[0]?.values).toEqual([3]);
  expect(await store.labelNames(query(mine))).not.toContain('label_y');
  expect(await store.profileTypes(query('nobody'))).toEqual([]);
  expect(await store.services('nobody', RANGE)).toEqual([]);
  const history = await store.history({ tenant: mine, service: 'shop', range: RANGE, maxPoints: 10 });
  expect([...history.stacks.keys()]).toEqual([stackIdOf('m')]);
  expect((await store.mergeStacks(gauge)).profileCount).toBe(1);
});

test('keeps odd strings and the ends of 64-bit integers as they are', async () => {
  const tenant = tenantOf('odd \t\n\\\'"\0');
  const odd = [
    'tab\there',
    'new\nline',
    'cr\rlf\r\n',
    "quote'",
    'double"',
    'back\\slash',
    'nul\0',
    'é漢😀',
    '\\N',
    '[1,2]',
    '\b\f\x7f',
  ];
  const labels = Object.fromEntries(odd.map((text, i) => [`l${i}${text}`, text]));
  const service = odd.join('|');
  const stack = odd.join(';');
  const profiles = {
    [CPU]: { [stack]: -(2n ** 63n), [`${stack}2`]: 2n ** 63n - 1n, x: 2n ** 53n + 2n, y: -1n, z: -10n },
  };
  await store.append([makeUpload({ tenant, service, labels, timeNs: T0, profiles })]);

  expect((await store.services(tenant, RANGE))[0]?.name).toBe(service);
  for (const [name, value] of Object.entries(labels)) {
    expect(await store.labelValues(query(tenant, is(name, value)), name)).toEqual([value]);
  }
  expect(await store.series(query(tenant), Object.keys(labels))).toEqual([labels]);
  const merged = await store.mergeStacks({ ...query(tenant), profileType: CPU, aggregation: 'sum' });
  expect(merged.stacks.get(stackIdOf(stack))).toEqual(framesOf(stack));
  expect(merged.values).toEqual(
    new Map(Object.entries(profiles[CPU] ?? {}).map(([text, value]) => [stackIdOf(text), Number(value)])),
  );
});

test('takes one batch with uploads of many days', async () => {
  const tenant = tenantOf('days');
  const day = 86_400n * S;
  const uploads = Array.from({ length: 105 }, (_, i) =>
    makeUpload({ tenant, timeNs: T0 + BigInt(i) * day, profiles: { [CPU]: { f: 1, [`day ${i}`]: 2 } } }),
  );
  await store.append(uploads);
  const range = { fromNs: T0, untilNs: T0 + 105n * day };
  const merged = await store.mergeStacks({ ...query(tenant), range, profileType: CPU, aggregation: 'sum' });
  expect(merged.values.get(stackIdOf('f'))).toBe(105);
  expect(merged.stacks.size).toBe(106);
});

test('appends nothing of nothing', async () => {
  await store.append([]);
  const tenant = tenantOf('nothing');
  await store.append([makeUpload({ tenant, timeNs: T0, profiles: {} })]);
  expect(await store.profileTypes(query(tenant))).toEqual([]);
});
