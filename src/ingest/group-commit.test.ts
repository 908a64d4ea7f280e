import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeLabels } from '../model/labels.ts';
import type { Upload } from '../store/profile-store.ts';
import { createGroupCommit, MAX_UPLOADS, MAX_WAIT_MS } from './group-commit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EMPTY = new Int32Array(0);

function upload(service: string, stacks = 1): Upload {
  return {
    tenant: 'anonymous',
    service,
    labels: makeLabels([['service_name', service]]),
    timeNs: 1n,
    durationNs: 0n,
    period: 1n,
    stackIds: new BigUint64Array(stacks),
    rows: [{ profileType: 'a:b:c:d:e', values: new BigInt64Array(stacks), total: 0n }],
    symbols: {
      strings: [],
      frameFunction: EMPTY,
      frameFile: EMPTY,
      frameLine: EMPTY,
      stackOffsets: EMPTY,
      stackFrames: EMPTY,
    },
  };
}

/** A store whose commits end when the test says so. */
function slowStore() {
  const groups: { names: string[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const append = (uploads: readonly Upload[]) =>
    new Promise<void>((finish, fail) => {
      groups.push({ names: uploads.map(({ service }) => service), finish, fail });
    });
  return { groups, ...createGroupCommit({ append, now: () => Date.now() }) };
}

test('collects for a while, then commits all at once', async () => {
  const store = slowStore();
  const done = Promise.all([store.commit(upload('a')), store.commit(upload('b'))]);
  await vi.advanceTimersByTimeAsync(MAX_WAIT_MS - 1);
  expect(store.groups).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(store.groups.map(({ names }) => names)).toEqual([['a', 'b']]);
  store.groups[0]!.finish();
  await done;
});

test('resolves nothing before the commit', async () => {
  const store = slowStore();
  let resolved = false;
  const done = store.commit(upload('a')).then(() => {
    resolved = true;
  });
  await vi.advanceTimersByTimeAsync(1000);
  expect(resolved).toBe(false);
  store.groups[0]!.finish();
  await done;
});

test('commits a full group at once', async () => {
  const store = slowStore();
  const done = Array.from({ length: MAX_UPLOADS + 1 }, (_, i) => store.commit(upload(`s${i}`)));
  expect(store.groups.map(({ names }) => names.length)).toEqual([MAX_UPLOADS]);
  store.groups[0]!.finish();
  await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
  expect(store.groups[1]?.names).toEqual([`s${MAX_UPLOADS}`]);
  store.groups[1]!.finish();
  await Promise.all(done);
});

test('counts values too: few huge profiles make a group', () => {
  const store = slowStore();
  for (const name of ['a', 'b', 'c']) void store.commit(upload(name, 600_000));
  expect(store.groups.map(({ names }) => names)).toEqual([['a']]);
});

test('commits one group at a time, and the next without waiting longer', async () => {
  const store = slowStore();
  const first = store.commit(upload('a'));
  await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
  const second = store.commit(upload('b'));
  await vi.advanceTimersByTimeAsync(500);
  expect(store.groups.length).toBe(1);
  store.groups[0]!.finish();
  await first;
  await vi.advanceTimersByTimeAsync(0);
  expect(store.groups[1]?.names).toEqual(['b']);
  store.groups[1]!.finish();
  await second;
});

test('a failed commit fails its whole group and no other', async () => {
  const store = slowStore();
  const lost = Promise.allSettled([store.commit(upload('a')), store.commit(upload('b'))]);
  await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
  const kept = store.commit(upload('c'));
  store.groups[0]!.fail(new Error('disk full'));
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await vi.advanceTimersByTimeAsync(MAX_WAIT_MS);
  store.groups[1]!.finish();
  await kept;
});

test('drain commits what waits and resolves when all is settled', async () => {
  const store = slowStore();
  const done = store.commit(upload('a'));
  const drained = store.drain();
  expect(store.groups[0]?.names).toEqual(['a']);
  store.groups[0]!.finish();
  await Promise.all([done, drained]);
});
