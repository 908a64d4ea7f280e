import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withDeadline } from './deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('answers what is done in time and leaves no timer behind', async () => {
  await expect(withDeadline(1000, Promise.resolve('tree'))).resolves.toBe('tree');
  await expect(withDeadline(1000, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(vi.getTimerCount()).toBe(0);
});

it('fails with queryTimeout what is not', async () => {
  const late = withDeadline(1000, new Promise(() => {}));
  const failure = expect(late).rejects.toMatchObject({ key: 'queryTimeout', details: { limitMs: 1000 } });
  await vi.advanceTimersByTimeAsync(1000);
  await failure;
});
