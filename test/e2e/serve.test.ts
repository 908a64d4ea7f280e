import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { goroutineProfile, profilesStored, pushPprof } from '../support/push.ts';
import { type Exit, makeDirectory, npmStart, removeDirectories, runToExit, startServer } from '../support/server.ts';

afterAll(removeDirectories);

/** One line on standard error that holds `text`, nothing on standard output, and the exit code. */
function expectOneLine(exit: Exit, code: number, text: string): void {
  expect([exit.code, exit.stdout]).toEqual([code, '']);
  expect(exit.stderr).toContain(text);
  expect(exit.stderr.trimEnd().split('\n').length).toBe(1);
}

test('starts on an empty directory, says where it is and how to point a client at it, and stops', async () => {
  const server = await startServer();
  expect(server.stdout()).toMatch(/^Leakscope \d+\.\d+\.\d+ is ready: http:\/\/127\.0\.0\.1:\d+ \(data in .+\)\n/);
  expect(server.stdout()).toContain(`ServerAddress: "${server.url}"`);
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  expect((await fetch(`${server.url}/ready`, { method: 'HEAD' })).status).toBe(200);
  const { code, stderr } = await server.stop('SIGTERM');
  expect([code, stderr]).toEqual([0, '']);
  const again = await startServer({ directory: server.directory });
  expect((await again.stop('SIGINT')).code).toBe(0);
});

test('finishes the request under way before it stops, and a later signal ends it at once', async () => {
  const server = await startServer();
  const request = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {});
  request.write(
    'POST /ingest?name=a&format=pprof HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n0123456789',
  );
  await expect.poll(async () => (await fetch(`${server.url}/metrics`)).text()).toContain('leakscope_queued_bytes 10');
  const begunMs = Date.now();
  process.kill(server.pid, 'SIGTERM');
  await expect.poll(() => fetch(server.url).catch(() => 'refused')).toBe('refused');
  process.kill(server.pid, 'SIGTERM');
  // The two above may be one keystroke under npm; this one is later than that.
  const again = setInterval(() => process.kill(server.pid, 'SIGTERM'), 600);
  const { code } = await server.exited;
  clearInterval(again);
  expect([code, Date.now() - begunMs > 500]).toEqual([1, true]);
  request.destroy();
});

test('a signal to npm stops the server', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const server = await npmStart();
    await server.stop(signal);
    await expect.poll(() => fetch(server.url).catch(() => 'refused')).toBe('refused');
    const again = await startServer({ directory: server.directory });
    await again.stop();
  }
});

test('keeps what it acknowledged over a restart', async () => {
  const server = await startServer();
  expect((await pushPprof(server.url, 'shop', goroutineProfile(5))).status).toBe(200);
  await server.stop();
  const again = await startServer({ directory: server.directory });
  expect(await profilesStored(again.url)).toBe(1);
  await again.stop();
});

test('one clear line for a port that is taken', async () => {
  const server = await startServer();
  const address = server.url.slice('http://'.length);
  const exit = await runToExit(['serve', '--http', address, '--data', makeDirectory()]);
  expectOneLine(exit, 1, `cannot listen on ${address}: another process uses it`);
  await server.stop();
});

test('one clear line for a data directory that another process holds', async () => {
  const server = await startServer();
  const exit = await runToExit(['serve', '--http', '127.0.0.1:0', '--data', server.directory]);
  expectOneLine(exit, 1, `is held by another process (pid ${server.pid})`);
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  await server.stop();
});

test('one clear line for a data directory that cannot be one', async () => {
  const file = join(makeDirectory(), 'file');
  writeFileSync(file, '');
  expectOneLine(await runToExit(['serve', '--http', '127.0.0.1:0', '--data', file]), 1, '(LS-3004)');
  const inFile = await runToExit(['serve', '--http', '127.0.0.1:0', '--data', join(file, 'data')]);
  expectOneLine(inFile, 1, '(LS-3004)');
});

test.skipIf(process.getuid?.() === 0)('one clear line for a directory that cannot be written', async () => {
  const directory = join(makeDirectory(), 'sealed');
  mkdirSync(directory, { mode: 0o500 });
  expectOneLine(await runToExit(['serve', '--http', '127.0.0.1:0', '--data', directory]), 1, '(LS-3004)');
});

test('one clear line for a wrong command line', async () => {
  expectOneLine(await runToExit(['serve', '--bogus']), 64, "unknown option '--bogus'");
  expectOneLine(await runToExit(['frobnicate']), 64, "unknown command 'frobnicate'; the commands are serve and demo");
  expectOneLine(await runToExit(['serve', 'more']), 64, '(LS-3001)');
  expectOneLine(await runToExit(['serve', '--http']), 64, 'argument missing');
});

test('one clear line for a wrong setting, by its name', async () => {
  expectOneLine(await runToExit(['serve', '--http', 'nonsense']), 1, '--http: `nonsense` is not ADDR:PORT');
  const exit = await runToExit(['serve', '--http', '127.0.0.1:0'], { LEAKSCOPE_RETENTION: 'never' });
  expectOneLine(exit, 1, 'LEAKSCOPE_RETENTION: `never` is not DURATION');
});

test('one line of warning for a variable that is no setting', async () => {
  const server = await startServer({ env: { LEAKSCOPE_RETENTOIN: '7d' } });
  const { code, stderr } = await server.stop();
  expect([code, stderr.trimEnd().split('\n').length]).toEqual([0, 1]);
  expect(stderr).toContain('no setting is called LEAKSCOPE_RETENTOIN');
});

test('help and version go to standard output with exit code 0', async () => {
  const help = await runToExit(['serve', '--help']);
  expect([help.code, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toContain('LEAKSCOPE_RETENTION');
  const version = await runToExit(['--version']);
  expect([version.code, /^\d+\.\d+\.\d+\n$/.test(version.stdout)]).toEqual([0, true]);
});

test('serves metrics, and JSON for what does not exist', async () => {
  const server = await startServer();
  await pushPprof(server.url, 'shop', goroutineProfile(5));
  await pushPprof(server.url, 'shop', new TextEncoder().encode('<html>'));
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('leakscope_uploads_total{result="stored"} 1');
  expect(metrics).toContain('leakscope_discarded_profiles_total{reason="notAProfile"} 1');
  expect(metrics).toContain('leakscope_commit_seconds_count 1');
  expect(metrics).toContain('process_resident_memory_bytes');
  const missing = await fetch(`${server.url}/no/such/page`);
  expect([missing.status, ((await missing.json()) as { id: string }).id]).toEqual([404, 'LS-2010']);
  const malformed = await fetch(`${server.url}/%zz`);
  expect([malformed.status, ((await malformed.json()) as { id: string }).id]).toEqual([400, 'LS-1002']);
  const unknown = await fetch(`${server.url}/api/v1/findings?verdict=maybe`);
  expect(((await unknown.json()) as { message: string }).message).toContain('`maybe` is not one of leak, watch. ');
  await server.stop();
});

test('deletes at the start what the retention no longer covers', async () => {
  const server = await startServer({ flags: ['--retention', '0'] });
  const now = Date.now();
  for (const ageDays of [10, 0]) {
    const body = goroutineProfile(1, now - ageDays * 86_400_000);
    expect((await pushPprof(server.url, 'shop', body)).status).toBe(200);
  }
  await server.stop();
  const again = await startServer({ directory: server.directory, flags: ['--retention', '7d'] });
  await expect.poll(() => profilesStored(again.url), { timeout: 10_000 }).toBe(1);
  await again.stop();
});
