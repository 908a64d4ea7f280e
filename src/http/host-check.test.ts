import fastify from 'fastify';
import { expect, test } from 'vitest';
import { registerErrors } from './errors.ts';
import { registerHostCheck } from './host-check.ts';

/** Statuses of requests with these headers. */
function asker(host: string, allowedHosts: readonly string[] = []) {
  const app = fastify();
  registerErrors(app, { maxBodyBytes: 10 });
  registerHostCheck(app, { http: { host, port: 4040 }, allowedHosts });
  app.route({ method: ['GET', 'POST'], url: '/', handler: async () => 'yes' });
  return async (method: 'GET' | 'POST', headers: Record<string, string>) => {
    const answer = await app.inject({ method, url: '/', headers });
    return answer.statusCode === 200 ? 'yes' : `${answer.statusCode} ${answer.json().id}`;
  };
}

const LOCAL = ['127.0.0.1:4040', 'localhost:8080', 'LOCALHOST', 'leaks.localhost', '[::1]:4040', '127.3.2.1'];
const FOREIGN = ['evil.example:4040', 'evil.example', '10.0.0.7', '127.0.0.1.evil.example', 'localhost.evil.example'];

test('a server on a loopback address answers to its names only', async () => {
  for (const bound of ['127.0.0.1', 'localhost', '::1']) {
    const ask = asker(bound);
    for (const host of LOCAL) expect([host, await ask('GET', { host })]).toEqual([host, 'yes']);
    for (const host of FOREIGN) expect([host, await ask('GET', { host })]).toEqual([host, '403 LS-2015']);
  }
});

test('a server on other addresses answers to any name', async () => {
  for (const bound of ['0.0.0.0', '::', '10.0.0.7']) {
    for (const host of [...LOCAL, ...FOREIGN]) expect(await asker(bound)('POST', { host })).toBe('yes');
  }
});

test('allowed names are answered to, at any port', async () => {
  const ask = asker('127.0.0.1', ['leaks.example', '[fd00::1]']);
  expect(await ask('GET', { host: 'Leaks.example:443' })).toBe('yes');
  expect(await ask('GET', { host: '[fd00::1]:80' })).toBe('yes');
  expect(await ask('GET', { host: 'a.leaks.example' })).toBe('403 LS-2015');
});

test('no page of another host may change anything, whatever the address', async () => {
  for (const bound of ['127.0.0.1', '0.0.0.0']) {
    const ask = asker(bound);
    const host = 'localhost:4040';
    for (const origin of ['http://evil.example', 'http://localhost:3000', 'http://localhost', 'null', 'nonsense']) {
      expect([origin, await ask('POST', { host, origin })]).toEqual([origin, '403 LS-2016']);
      expect(await ask('GET', { host, origin })).toBe('yes');
    }
    expect(await ask('POST', { host, origin: 'http://localhost:4040' })).toBe('yes');
    expect(await ask('POST', { host })).toBe('yes');
  }
});

test('a proxy that ends TLS may pass the name on, or have it allowed', async () => {
  const origin = 'https://leaks.example';
  expect(await asker('0.0.0.0')('POST', { host: 'leaks.example', origin })).toBe('yes');
  expect(await asker('0.0.0.0')('POST', { host: 'leaks.example:443', origin })).toBe('yes');
  expect(await asker('127.0.0.1', ['leaks.example'])('POST', { host: '127.0.0.1:4040', origin })).toBe('yes');
  expect(await asker('127.0.0.1')('POST', { host: '127.0.0.1:4040', origin })).toBe('403 LS-2016');
});
