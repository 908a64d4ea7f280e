import { afterAll, expect, test } from 'vitest';
import { encodePprof } from '../../src/formats/pprof/encode.ts';
import { profileFromText } from '../support/profile-from-text.ts';
import { ask, goroutineProfile, pushPprof } from '../support/push.ts';
import { removeDirectories, startServer } from '../support/server.ts';
import { randomOf } from '../support/synthetic-history.ts';

afterAll(removeDirectories);

const ROUNDS = 4;
const CONNECTIONS = 24;
const HEAP_TYPES = ['alloc_objects:count', 'alloc_space:bytes', 'inuse_objects:count', 'inuse_space:bytes'];

/** LEAKSCOPE_TEST_SEED repeats the times of the kills of an earlier run. */
const seed = Number(process.env.LEAKSCOPE_TEST_SEED ?? Date.now() % 1_000_000);

test(`SIGKILL under load loses no acknowledged upload, and the directory opens again (seed ${seed})`, async () => {
  console.log(`kill test: seed ${seed}`);
  const random = randomOf(seed);
  let server = await startServer();
  const acknowledged = new Set<number>();
  let sent = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = acknowledged.size;
    let killed = false;
    const { url, stop } = server;
    const senders = Array.from({ length: CONNECTIONS }, async () => {
      while (!killed) {
        const number = ++sent;
        try {
          const answer = await pushPprof(url, `shop{pod=i${number}}`, profileOf(number));
          if (answer.status === 200) acknowledged.add(number);
        } catch (error) {
          if (!killed) throw error;
        }
      }
    });
    const enough = before + 20 + Math.floor(random() * 200);
    await expect.poll(() => acknowledged.size, { timeout: 20_000, interval: 1 }).toBeGreaterThan(enough);
    killed = true;
    const exit = await stop('SIGKILL');
    expect(exit.signal).toBe('SIGKILL');
    await Promise.all(senders);
    server = await startServer({ directory: server.directory });
  }
  expect(acknowledged.size).toBeGreaterThan(ROUNDS * 20);
  const heaps = [...acknowledged].filter(isHeap);
  for (const [k, type] of HEAP_TYPES.entries()) {
    const totals = await totalsByName(server.url, `memory:${type}:space:bytes`);
    expect([type, heaps.filter((number) => totals.get(`main.fresh${number}`) !== number + k)]).toEqual([type, []]);
  }
  const stored = await goroutinesByPod(server.url);
  const lost = [...acknowledged].filter((number) => !isHeap(number) && stored.get(`i${number}`) !== number);
  expect(lost).toEqual([]);
  expect((await server.stop()).code).toBe(0);
}, 120_000);

/** Two of three are heap profiles, each with a stack that no other upload has; the third have all the same stack. */
function isHeap(number: number): boolean {
  return number % 3 > 0;
}

function profileOf(number: number): Uint8Array {
  if (!isHeap(number)) return goroutineProfile(number);
  const values = HEAP_TYPES.map((_, k) => number + k).join(' ');
  const picture = `main.main@main.go:1;main.work@work.go:9 5 5 5 5\nmain.main@main.go:1;main.fresh${number}@f.go:7 ${values}`;
  const sampleTypes = HEAP_TYPES.map((text) => text.split(':')).map(([type = '', unit = '']) => ({ type, unit }));
  return encodePprof(profileFromText(picture, { sampleTypes, timeNs: BigInt(Date.now()) * 1_000_000n }));
}

function everything() {
  const now = Date.now();
  return { labelSelector: '{service_name="shop"}', start: String(now - 600_000), end: String(now + 600_000) };
}

/** Totals by function name in the flame graph of all uploads: profiles, series, stacks and their frames have to be there. */
async function totalsByName(url: string, profileTypeID: string): Promise<Map<string, number>> {
  const query = { ...everything(), profileTypeID, maxNodes: '65536' };
  const { flamegraph } = await ask(url, 'SelectMergeStacktraces', query);
  const { names, levels } = flamegraph as { names: string[]; levels: { values: string[] }[] };
  const totals = new Map<string, number>();
  for (const { values } of levels) {
    // Blocks of four: offset, total, self, name.
    for (let i = 0; i < values.length; i += 4) totals.set(names[Number(values[i + 3])] ?? '', Number(values[i + 1]));
  }
  return totals;
}

async function goroutinesByPod(url: string): Promise<Map<string, number>> {
  const profileTypeID = 'goroutines:goroutine:count:goroutine:count';
  const { series } = await ask(url, 'SelectSeries', { ...everything(), profileTypeID, step: 1200, groupBy: ['pod'] });
  const all = series as { labels: { value: string }[]; points: { value: number }[] }[];
  return new Map(all.map(({ labels, points }) => [labels[0]?.value ?? '', points[0]?.value ?? 0]));
}
