import { afterAll, expect, test } from 'vitest';
import { ask, goroutineProfile, pushPprof } from '../support/push.ts';
import { removeDirectories, startServer } from '../support/server.ts';

afterAll(removeDirectories);

const ROUNDS = 4;
const CONNECTIONS = 24;

test('SIGKILL under load loses no acknowledged upload, and the directory opens again', async () => {
  let server = await startServer();
  const acknowledged = new Map<string, number>();
  let sent = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = acknowledged.size;
    let killed = false;
    const { url, stop } = server;
    const senders = Array.from({ length: CONNECTIONS }, async () => {
      while (!killed) {
        const value = ++sent;
        const instance = `i${value}`;
        try {
          const answer = await pushPprof(url, `shop{pod=${instance}}`, goroutineProfile(value));
          if (answer.status === 200) acknowledged.set(instance, value);
        } catch (error) {
          if (!killed) throw error;
        }
      }
    });
    const enough = before + 20 + Math.floor(Math.random() * 200);
    await expect.poll(() => acknowledged.size, { timeout: 20_000, interval: 1 }).toBeGreaterThan(enough);
    killed = true;
    const exit = await stop('SIGKILL');
    expect(exit.signal).toBe('SIGKILL');
    await Promise.all(senders);
    server = await startServer({ directory: server.directory });
  }
  const stored = await valuesByPod(server.url);
  const lost = [...acknowledged].filter(([pod, value]) => stored.get(pod) !== value);
  expect(acknowledged.size).toBeGreaterThan(ROUNDS * 20);
  expect(lost).toEqual([]);
  expect((await server.stop()).code).toBe(0);
}, 120_000);

/** The value of every instance, through the query service: profiles, series and symbols all have to be there. */
async function valuesByPod(url: string): Promise<Map<string, number>> {
  const now = Date.now();
  const { series } = await ask(url, 'SelectSeries', {
    profileTypeID: 'goroutines:goroutine:count:goroutine:count',
    labelSelector: '{service_name="shop"}',
    start: String(now - 600_000),
    end: String(now + 600_000),
    step: 1200,
    groupBy: ['pod'],
  });
  const all = series as { labels: { value: string }[]; points: { value: number }[] }[];
  return new Map(all.map(({ labels, points }) => [labels[0]?.value ?? '', points[0]?.value ?? 0]));
}
