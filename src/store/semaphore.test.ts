import { expect, test } from 'vitest';
import { createSemaphore } from './semaphore.ts';

/** A task that ends when the test says so. */
function task(begun: string[], name: string) {
  let finish = (): void => {};
  const ended = new Promise<string>((resolve) => {
    finish = () => resolve(name);
  });
  const run = (): Promise<string> => {
    begun.push(name);
    return ended;
  };
  return { run, finish };
}

test('runs one after the other, in order of arrival', async () => {
  const semaphore = createSemaphore({ permits: 1, maxWaiting: 10 });
  const begun: string[] = [];
  const tasks = ['a', 'b', 'c'].map((name) => task(begun, name));
  const done = tasks.map(({ run }) => semaphore.run(run));
  for (const [i, { finish }] of tasks.entries()) {
    await Promise.resolve();
    expect(begun).toHaveLength(i + 1);
    finish();
    await done[i];
  }
  expect(await Promise.all(done)).toEqual(['a', 'b', 'c']);
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('goes on after a task that failed', async () => {
  const semaphore = createSemaphore({ permits: 1, maxWaiting: 10 });
  await expect(semaphore.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await semaphore.run(() => Promise.resolve('yes'))).toBe('yes');
});

test('refuses more waiters than its limit as storeBusy', async () => {
  const semaphore = createSemaphore({ permits: 1, maxWaiting: 2 });
  const begun: string[] = [];
  const tasks = ['runs', 'waits', 'waits too'].map((name) => task(begun, name));
  const done = tasks.map(({ run }) => semaphore.run(run));
  const refused = { key: 'storeBusy', status: 429, details: { limit: 2, retryAfterSeconds: 1 } };
  await expect(semaphore.run(() => Promise.resolve(''))).rejects.toMatchObject(refused);
  for (const { finish } of tasks) finish();
  await Promise.all(done);
  expect(await semaphore.run(() => Promise.resolve('again'))).toBe('again');
});

test('drops a waiter that is aborted, and never runs it', async () => {
  const semaphore = createSemaphore({ permits: 1, maxWaiting: 1 });
  const begun: string[] = [];
  const [first, second, third] = ['first', 'second', 'third'].map((name) => task(begun, name));
  const done = semaphore.run(first!.run);
  const aborting = new AbortController();
  const dropped = semaphore.run(second!.run, aborting.signal);
  aborting.abort(new Error('too late'));
  await expect(dropped).rejects.toThrow('too late');
  // Its place is free again.
  const last = semaphore.run(third!.run);
  await expect(semaphore.run(second!.run, aborting.signal)).rejects.toThrow('too late');
  first!.finish();
  third!.finish();
  expect([await done, await last, begun]).toEqual(['first', 'third', ['first', 'third']]);
});

test('is idle when nothing runs and nothing waits', async () => {
  const semaphore = createSemaphore({ permits: 1, maxWaiting: 1 });
  await semaphore.idle();
  const begun: string[] = [];
  const tasks = ['a', 'b'].map((name) => task(begun, name));
  const done = tasks.map(({ run }) => semaphore.run(run));
  let idle = false;
  const idling = semaphore.idle().then(() => {
    idle = true;
  });
  tasks[0]!.finish();
  await done[0];
  expect(idle).toBe(false);
  tasks[1]!.finish();
  await idling;
  await Promise.all(done);
});

test('lets short tasks go ahead of long ones that wait, each lane in order and with its own limit', async () => {
  const semaphore = createSemaphore({ permits: 1, maxWaiting: 2 });
  const begun: string[] = [];
  const named = (name: string) => async () => void begun.push(name);
  const first = task(begun, 'runs');
  const done = [
    semaphore.run(first.run),
    semaphore.run(named('long 1'), undefined, 'long'),
    semaphore.run(named('long 2'), undefined, 'long'),
    semaphore.run(named('short 1'), undefined, 'short'),
    semaphore.run(named('short 2'), undefined, 'short'),
  ];
  first.finish();
  await Promise.all(done);
  expect(begun).toEqual(['runs', 'short 1', 'short 2', 'long 1', 'long 2']);
});
