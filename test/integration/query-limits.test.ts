import { afterAll, beforeAll, expect, test } from 'vitest';
import { atMs, atNs, type QueryServer, startQueryServer } from './query-support.ts';
import { INUSE_SPACE, makeUpload } from './store-support.ts';

/** Questions that ask for too much, or too many of them at once. */

let server: QueryServer;
beforeAll(async () => {
  server = await startQueryServer({
    uploads: [makeUpload({ timeNs: atNs(0), profiles: { [INUSE_SPACE]: { main: 1 } } })],
  });
});
afterAll(() => server.close());

const ends = { start: String(atMs(0)), end: String(atMs(60)) };

function ask(method: string, body: object) {
  return server.app.inject({ method: 'POST', url: `/querier.v1.QuerierService/${method}`, payload: body });
}

test('more labels to group by than the limit are refused by name', async () => {
  const groupBy = Array.from({ length: 20_000 }, (_, i) => `l${i}`);
  const series = { profileTypeID: INUSE_SPACE, labelSelector: '{}', step: 15, ...ends };
  const refused = await ask('SelectSeries', { ...series, groupBy });
  expect(refused.statusCode).toBe(400);
  expect(refused.json().message).toContain('`groupBy`');
  expect((await ask('SelectSeries', { ...series, groupBy: groupBy.slice(0, 64) })).statusCode).toBe(200);
  expect((await ask('SelectSeries', { ...series, groupBy: groupBy.slice(0, 65) })).statusCode).toBe(400);
});

test('a busy store says when to come back', async () => {
  const answers = await Promise.all(
    Array.from({ length: 600 }, () => ask('LabelNames', { matchers: ['{}'], ...ends })),
  );
  const refused = answers.filter(({ statusCode }) => statusCode !== 200);
  expect(refused.length).toBeGreaterThan(0);
  expect(new Set(refused.map(({ statusCode, headers }) => `${statusCode} ${headers['retry-after']}`))).toEqual(
    new Set(['429 1']),
  );
});
