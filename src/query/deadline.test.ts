import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withDeadline } from './deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('answers what is done in time and leaves no timer behind', async () => {
  await expect(withDeadline(1000, () => Promise.resolve('tree'))).resolves.toBe('tree');
  await expect(withDeadline(1000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(vi.getTimerCount()).toBe(0);
});

it('fails with queryTimeout what is not, and aborts it with that', async () => {
  let aborted: unknown;
  const late = withDeadline(1000, (signal) => {
    signal.addEventListener('abort', () => {
      aborted = signal.reason;
    });
    return new Promise(() => {});
  });
  const failure = expect(late).rejects.toMatchObject({ key: 'queryTimeout', details: { limitMs: 1000 } });
  await vi.advanceTimersByTimeAsync(999);
  expect(aborted).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  await failure;
  expect(aborted).toMatchObject({ key: 'queryTimeout' });
});
