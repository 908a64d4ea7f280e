import fastify, { type FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { problem } from '../base/problem.ts';
import { registerErrors } from './errors.ts';

function open(): FastifyInstance & { readonly logged: string[] } {
  const logged: string[] = [];
  const stream = { write: (line: string) => void logged.push(line) };
  const app = fastify({ logger: { level: 'error', stream }, bodyLimit: 10 });
  registerErrors(app, { maxBodyBytes: 10 });
  app.get('/full', async () => {
    throw problem('queueFull', { what: 'uploads', limit: 1, retryAfterSeconds: 7 });
  });
  app.get('/bug', async () => {
    throw new Error('the secret password');
  });
  app.post('/things/:id', async (request) => request.body);
  return Object.assign(app, { logged });
}

test('a problem becomes its status and body', async () => {
  const answer = await open().inject('/full');
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '7']);
  expect(answer.json()).toEqual(problem('queueFull', { what: 'uploads', limit: 1, retryAfterSeconds: 7 }).toBody());
});

test('a bug is logged whole and told to nobody', async () => {
  const app = open();
  const answer = await app.inject('/bug');
  expect(answer.statusCode).toBe(500);
  expect(answer.json().code).toBe('internal');
  expect(answer.body).not.toContain('password');
  const line = JSON.parse(app.logged[0] ?? '{}');
  expect(line.err.stack).toContain('the secret password');
  expect(answer.json().message).toContain(line.reqId);
});

test('tells an unknown path from an unknown method', async () => {
  const app = open();
  expect((await app.inject('/nothing?x=1')).json()).toMatchObject({ id: 'LS-2010', details: { what: '/nothing' } });
  const wrong = await app.inject('/things/5');
  expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, 'POST']);
  expect((await app.inject({ method: 'DELETE', url: '/full' })).headers.allow).toBe('GET, HEAD');
});

test("the framework's own refusals have our body", async () => {
  const app = open();
  const post = (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/things/5', payload, headers: { 'content-type': type } });
  expect((await post('"12345678901"')).json()).toMatchObject({ id: 'LS-1201' });
  expect((await post('{')).json()).toMatchObject({ id: 'LS-1002' });
  expect((await post('x', 'text/strange')).json()).toMatchObject({ id: 'LS-2013' });
});

test('a browser gets the page at an unknown path, programs get JSON', async () => {
  const app = fastify();
  registerErrors(app, { maxBodyBytes: 10, page: Buffer.from('<!doctype html>') });
  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const page = await app.inject({ url: '/nope', headers: { accept } });
  expect([page.statusCode, page.body]).toEqual([404, '<!doctype html>']);
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  for (const request of [
    { url: '/nope', headers: { accept: '*/*' } },
    { url: '/api/v1/nope', headers: { accept } },
    { url: '/nope', headers: { accept }, method: 'POST' as const },
  ]) {
    const answer = await app.inject(request);
    expect([answer.statusCode, answer.json().id]).toEqual([404, 'LS-2010']);
  }
});
