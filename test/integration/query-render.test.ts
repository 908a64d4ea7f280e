import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flamebearer } from '../../src/http/pyroscope/flamebearer.ts';
import { atMs, atNs, type QueryServer, startQueryServer } from './query-support.ts';
import { CPU, GOROUTINES, makeUpload } from './store-support.ts';

let server: QueryServer;
beforeAll(async () => {
  const goroutines = (count: number) => ({ [GOROUTINES]: { 'park;main': count, 'read;main': 2 } });
  server = await startQueryServer({
    uploads: [
      makeUpload({ labels: { pod: 'a' }, timeNs: atNs(15), profiles: goroutines(10) }),
      makeUpload({ labels: { pod: 'a' }, timeNs: atNs(20), profiles: goroutines(20) }),
      makeUpload({ labels: { pod: 'b' }, timeNs: atNs(40), profiles: goroutines(5) }),
      makeUpload({ labels: { pod: 'a' }, timeNs: atNs(15), profiles: { [CPU]: { main: 4 } } }),
    ],
  });
});
afterAll(() => server.close());

const ask = (parameters: Record<string, string>) =>
  fetch(new URL(`/pyroscope/render?${new URLSearchParams(parameters)}`, server.url));
const render = async (parameters: Record<string, string>): Promise<Flamebearer> => {
  const answer = await ask({ from: `${atMs(0)}`, until: `${atMs(60)}`, ...parameters });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Flamebearer;
};

describe('GET /pyroscope/render', () => {
  it('answers a flame graph with its timeline', async () => {
    expect(await render({ query: `${GOROUTINES}{service_name="shop"}` })).toEqual({
      version: 1,
      flamebearer: {
        names: ['total', 'main', 'park', 'read'],
        levels: [
          [0, 24, 0, 0],
          [0, 24, 0, 1],
          [0, 20, 20, 2, 0, 4, 4, 3],
        ],
        numTicks: 24,
        maxSelf: 20,
      },
      metadata: { format: 'single', spyName: '', sampleRate: 100, units: 'objects', name: 'goroutine' },
      timeline: { startTime: Number(atMs(0)) / 1000, samples: [0, 12, 22, 7], durationDelta: 15, watermarks: null },
      groups: null,
      heatmap: null,
    });
  });

  it('groups the timeline by a label', async () => {
    const { groups } = await render({ query: `${GOROUTINES}{}`, groupBy: 'pod' });
    expect(Object.entries(groups!).map(([pod, { samples }]) => [pod, samples])).toEqual([
      ['a', [0, 12, 22, 0]],
      ['b', [0, 0, 0, 7]],
    ]);
  });

  it.each(['constructor', '__proto__', 'toString', 'absent'])(
    'puts series without the label %s under *',
    async (groupBy) => {
      const { groups } = await render({ query: `${GOROUTINES}{}`, groupBy });
      expect(Object.keys(groups!)).toEqual(['*']);
    },
  );

  it('knows the units of cpu, folds, and needs no braces', async () => {
    const { metadata, flamebearer } = await render({ query: CPU, 'max-nodes': '1' });
    expect(metadata).toMatchObject({ units: 'samples', sampleRate: 1_000_000_000 });
    expect(flamebearer.names).toEqual(['total', 'other']);
  });

  it('averages or adds the snapshots of a step', async () => {
    const total = async (aggregation: string) =>
      (await render({ query: `${GOROUTINES}{}`, from: `${atMs(0)}`, until: `${atMs(-1 + 24 * 3600)}`, aggregation }))
        .timeline.samples[1];
    expect([await total('avg'), await total('sum')]).toEqual([24, 41]);
  });

  it('takes now for absent times', async () => {
    const answer = await ask({ query: `${CPU}{}` });
    expect(((await answer.json()) as Flamebearer).flamebearer).toMatchObject({ names: ['total'], numTicks: 0 });
  });

  it.each([
    [{}, /`query`: is missing/],
    [{ query: 'cpu{}' }, /must be of the form/],
    [{ query: `${CPU}{` }, /label selector/],
    [{ query: `${CPU}{}`, format: 'dot' }, /`format`: dot is not offered/],
    [{ query: `${CPU}{}`, 'max-nodes': 'all' }, /`max-nodes`/],
    [{ query: `${CPU}{}`, aggregation: 'p99' }, /`aggregation`/],
    [{ query: `${CPU}{}`, from: 'now', until: 'now-1h' }, /is after end/],
  ])('refuses %j', async (parameters, message) => {
    const answer = await ask(parameters as Record<string, string>);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string }).message).toMatch(message);
  });
});
