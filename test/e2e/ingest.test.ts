import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { ask, goroutineProfile, profilesStored, pushPprof, replay } from '../support/push.ts';
import { recordedPushes } from '../support/recorded.ts';
import { removeDirectories, startServer, type TestServer } from '../support/server.ts';

const MIB = 1024 * 1024;

let server: TestServer;
beforeEach(async () => {
  const flags = ['--max-body-bytes', `${2 * MIB}`, '--max-profile-bytes', `${16 * MIB}`, '--max-queued-uploads', '64'];
  server = await startServer({ flags, env: { LEAKSCOPE_RETENTION: '0' } });
});
afterEach(async () => {
  const begunMs = Date.now();
  const { code, stderr } = await server.stop();
  expect([code, stderr]).toEqual([0, '']);
  // The limit after which the server gives up on connections is 10 s: none was left hanging.
  expect(Date.now() - begunMs).toBeLessThan(9000);
});
afterAll(removeDirectories);

async function idOf(answer: Response): Promise<string> {
  const body = (await answer.json()) as { id: string; code: string; message: string };
  expect(body.message).toContain(body.id);
  return `${answer.status} ${body.code} ${body.id}`;
}

test('every recorded push arrives, and is found again', async () => {
  const answers = [];
  for (const push of recordedPushes()) answers.push([push.name, (await replay(server.url, push)).status]);
  expect(answers.length).toBeGreaterThan(40);
  expect(answers.filter(([, status]) => status !== 200)).toEqual([]);
  const range = { start: '1', end: String(Date.now() + 600_000) };
  const { names } = await ask(server.url, 'LabelValues', { name: 'service_name', ...range });
  expect(names).toEqual(['shop.checkout', 'shop.web']);
  const { profileTypes } = await ask(server.url, 'ProfileTypes', range);
  const ids = (profileTypes as { ID: string }[]).map(({ ID }) => ID);
  expect(ids).toContain('goroutines:goroutine:count:goroutine:count');
  expect(ids).toContain('memory:inuse_space:bytes:space:bytes');
  expect(ids).toContain('block:delay:nanoseconds:contentions:count');
  expect(ids).toContain('goroutine_leak:goroutineleak:count:goroutineleak:count');
});

test('/pyroscope/ingest is the same, and a compressed request is read', async () => {
  const [push] = recordedPushes('pyroscope-go-1.4.3');
  const other = { ...push!, path: '/pyroscope/ingest' };
  expect((await replay(server.url, other)).status).toBe(200);
  const packed = { ...push!, headers: { ...push!.headers, 'content-encoding': 'gzip' } };
  expect((await replay(server.url, packed, gzipSync(push!.body))).status).toBe(200);
  expect(await profilesStored(server.url)).toBe(2);
});

test('an answer to a push is an empty 200 on a connection that lives on', async () => {
  const answer = await pushPprof(server.url, 'shop', goroutineProfile(1));
  expect([answer.status, await answer.text(), answer.headers.get('connection')]).toEqual([200, '', 'keep-alive']);
});

test('broken pushes are refused, say why, and store nothing', async () => {
  const [push] = recordedPushes('pyroscope-go-1.4.3');
  const cut = push!.body.subarray(0, push!.body.length - 100);
  expect(await idOf(await replay(server.url, push!, cut))).toBe('400 invalid_argument LS-1102');
  const page = new TextEncoder().encode('<html>502 Bad Gateway</html>');
  expect(await idOf(await pushPprof(server.url, 'shop', page))).toBe('422 unknown LS-1112');
  const half = goroutineProfile(1).subarray(0, 40);
  expect(await idOf(await pushPprof(server.url, 'shop', half))).toMatch(/^422 unknown LS-111[01]$/);
  const damaged = gzipSync(goroutineProfile(1)).subarray(0, 40);
  expect(await idOf(await pushPprof(server.url, 'shop', damaged))).toBe('422 unknown LS-1103');
  expect(await idOf(await pushPprof(server.url, 'a b', goroutineProfile(1)))).toBe('400 invalid_argument LS-1001');
  const future = goroutineProfile(1, Date.now() + 3_600_000);
  expect(await idOf(await pushPprof(server.url, 'shop', future))).toBe('422 unknown LS-1205');
  const bare = await fetch(`${server.url}/ingest?name=shop`, { method: 'POST', body: 'main;work 1' });
  expect(await idOf(bare)).toBe('400 invalid_argument LS-1101');
  expect(await profilesStored(server.url)).toBe(0);
});

test('an empty body and a form without a profile are accepted and store nothing', async () => {
  expect((await pushPprof(server.url, 'shop', new Uint8Array())).status).toBe(200);
  const form = new FormData();
  form.set('sample_type_config', new Blob(['{}']), 'config');
  expect((await fetch(`${server.url}/ingest?name=shop`, { method: 'POST', body: form })).status).toBe(200);
  expect(await profilesStored(server.url)).toBe(0);
});

test('refuses bodies past the limit, announced or not', async () => {
  const large = new Uint8Array(2 * MIB + 1);
  expect(await idOf(await pushPprof(server.url, 'shop', large))).toBe('413 invalid_argument LS-1201');
  async function* pieces() {
    for (let i = 0; i < 5; i++) yield new Uint8Array(MIB);
  }
  const init: RequestInit = { method: 'POST', body: pieces(), duplex: 'half' };
  const chunked = await fetch(`${server.url}/ingest?name=shop&format=pprof`, init);
  expect(await idOf(chunked)).toBe('413 invalid_argument LS-1201');
});

test('a bomb is refused and costs no more memory than the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(1024 * MIB));
  await pushPprof(server.url, 'shop', goroutineProfile(1));
  const before = peakBytes(server.pid);
  const answers = await Promise.all(Array.from({ length: 8 }, () => pushPprof(server.url, 'shop', bomb)));
  for (const answer of answers) expect(await idOf(answer)).toBe('413 invalid_argument LS-1202');
  expect(before).toBeGreaterThan(0);
  expect(peakBytes(server.pid) - before).toBeLessThan(200 * MIB);
});

test('answers 429 with Retry-After when full, and goes on after', async () => {
  const body = gzipSync(goroutineProfile(1));
  const answers = await Promise.all(Array.from({ length: 600 }, () => pushPprof(server.url, 'shop', body)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(600);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get('retry-after')).toBe('1');
  expect(await idOf(refused[0]!)).toBe('429 resource_exhausted LS-1203');
  expect((await pushPprof(server.url, 'shop', body)).status).toBe(200);
  expect(await profilesStored(server.url)).toBe(601 - refused.length);
});

test('hundreds of senders that stall keep nobody out', async () => {
  const { hostname, port } = new URL(server.url);
  const head = 'POST /ingest?name=shop&format=pprof HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n.';
  const stalled = Array.from({ length: 300 }, () =>
    connect(Number(port), hostname, function (this: Socket) {
      this.write(head);
    }),
  );
  await expect.poll(() => metrics(server.url)).toContain('leakscope_queued_bytes 300');
  expect((await pushPprof(server.url, 'shop', goroutineProfile(1))).status).toBe(200);
  for (const socket of stalled) socket.destroy();
  await expect.poll(() => metrics(server.url)).toContain('leakscope_queued_bytes 0');
});

test('a stalled sender is told so and its connection is closed', async () => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write('POST /ingest?name=shop&format=pprof HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n.');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 [\s\S]*LS-1208/);
});

test('requests that another site had a browser send are refused', async () => {
  const rebound = connect(Number(new URL(server.url).port), '127.0.0.1');
  rebound.write('GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  expect(await text(rebound)).toMatch(/^HTTP\/1\.1 403 [\s\S]*LS-2015/);
  const forged = await pushPprof(server.url, 'shop', goroutineProfile(1), { origin: 'http://evil.example' });
  expect(await idOf(forged)).toBe('403 permission_denied LS-2016');
});

test('a client that goes away in the middle of a body does no harm', async () => {
  for (let i = 0; i < 5; i++) {
    const abort = new AbortController();
    async function* stalled() {
      yield new Uint8Array(1000);
      abort.abort();
      yield new Uint8Array(1000);
    }
    const init: RequestInit = { method: 'POST', body: stalled(), duplex: 'half', signal: abort.signal };
    await expect(fetch(`${server.url}/ingest?name=shop&format=pprof`, init)).rejects.toThrow();
  }
  expect((await pushPprof(server.url, 'shop', goroutineProfile(1))).status).toBe(200);
  await expect.poll(() => metrics(server.url)).toContain('leakscope_queued_bytes 0');
});

async function metrics(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

/** Largest resident size so far, from the kernel; 0 where it does not tell. */
function peakBytes(pid: number): number {
  const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? 0) * 1024;
}
