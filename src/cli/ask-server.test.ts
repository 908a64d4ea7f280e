import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { askServer } from './ask-server.ts';

/** A server that answers with these status codes in turn, the last one for ever. */
async function answering(...codes: readonly number[]) {
  let asked = 0;
  const server = createServer((_request, response) => {
    response.writeHead(codes[Math.min(asked++, codes.length - 1)] ?? 200).end('hello');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/path`, asked: () => asked };
}

const forEver = new AbortController().signal;

it('asks again while the server is busy', async () => {
  const { url, asked } = await answering(503, 429, 200);
  expect(await (await askServer(url, {}, forEver)).text()).toBe('hello');
  expect(asked()).toBe(3);
});

it('does not ask again what was refused, and says why', async () => {
  const { url, asked } = await answering(422);
  await expect(askServer(url, { method: 'POST' }, forEver)).rejects.toMatchObject({
    key: 'serverFailed',
    message: expect.stringContaining('answered 422 to /path: hello'),
  });
  expect(asked()).toBe(1);
});

it('ends with the signal', async () => {
  const { url } = await answering(503);
  const stop = new AbortController();
  const answer = askServer(url, {}, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(answer).rejects.toThrow(/stopped|aborted/);
});
