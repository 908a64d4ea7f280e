import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { Problem } from '../base/problem.ts';
import { type ListeningSocket, MAX_HEADER_BYTES, openListeningSocket } from './listening-socket.ts';

const sockets: ListeningSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) await socket.close();
});

async function open(host = '127.0.0.1', port = 0): Promise<ListeningSocket> {
  const socket = await openListeningSocket({ host, port });
  sockets.push(socket);
  return socket;
}

function ask(url: string, agent?: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, agent === undefined ? {} : { agent }, resolve).on('error', reject);
  });
}

test('answers 503 before it opens and lets through after', async () => {
  const socket = await open();
  const before = await ask(`${socket.url}/ready`);
  expect([before.statusCode, before.headers['retry-after']]).toEqual([503, '1']);
  expect(JSON.parse(await text(before))).toMatchObject({ code: 'unavailable', id: 'LS-2012' });
  socket.open((_request, response) => response.end('yes'));
  expect(await text(await ask(`${socket.url}/ready`))).toBe('yes');
});

test('reads long queries, and refuses longer ones and what is no HTTP in the words of all errors', async () => {
  const socket = await open();
  socket.open((request, response) => response.end(String(request.url?.length)));
  const query = (length: number) => `${socket.url}/${'a'.repeat(length - 1)}`;
  expect(await text(await ask(query(300_000)))).toBe('300000');
  const refused = await ask(query(MAX_HEADER_BYTES));
  expect(refused.statusCode).toBe(431);
  expect(JSON.parse(await text(refused))).toMatchObject({ code: 'invalid_argument', id: 'LS-2017' });
  const raw = connect(Number(new URL(socket.url).port), '127.0.0.1');
  raw.end('hello\r\n\r\n');
  expect(await text(raw)).toMatch(/^HTTP\/1\.1 400 Bad Request[\s\S]*"id":"LS-2018"/);
});

test('says why it cannot listen', async () => {
  const socket = await open();
  const port = Number(new URL(socket.url).port);
  const failure = (await openListeningSocket({ host: '127.0.0.1', port }).catch((error: unknown) => error)) as Problem;
  expect(failure).toBeInstanceOf(Problem);
  expect(failure.message).toBe(`cannot listen on 127.0.0.1:${port}: another process uses it`);
  expect(failure.remedy).toContain('Stop what uses it');
  await expect(openListeningSocket({ host: '203.0.113.1', port: 0 })).rejects.toMatchObject({
    message: 'cannot listen on 203.0.113.1:0: this machine has no such address',
    remedy: expect.not.stringContaining('Stop'),
  });
});

test('names the loopback address when it listens on all', async () => {
  expect((await open('0.0.0.0')).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('close waits for the answer under way, then for no idle connection', async () => {
  const socket = await open();
  let finish = () => {};
  const begun = new Promise<void>((resolve) => {
    socket.open((_request, response) => {
      finish = () => void response.end('late');
      resolve();
    });
  });
  const agent = new Agent({ keepAlive: true });
  const answer = ask(socket.url, agent).then(text);
  await begun;
  let closed = false;
  const closing = socket.close().then(() => {
    closed = true;
  });
  await expect.poll(() => ask(socket.url).catch((error: NodeJS.ErrnoException) => error.code)).toBe('ECONNREFUSED');
  expect(closed).toBe(false);
  finish();
  expect(await answer).toBe('late');
  await closing;
  sockets.splice(0);
  agent.destroy();
});

test('close does not wait for a connection on which nothing was sent', async () => {
  const socket = await open();
  const silent = connect(Number(new URL(socket.url).port), '127.0.0.1');
  await once(silent, 'connect');
  await ask(`${socket.url}/ready`);
  const begunMs = performance.now();
  const ended = once(silent.resume(), 'close');
  await socket.close();
  await ended;
  expect(performance.now() - begunMs).toBeLessThan(5_000);
});
