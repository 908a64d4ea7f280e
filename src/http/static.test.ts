import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { registerSecurityHeaders, registerStatic } from './static.ts';

let parent: string;
let uiDirectory: string;
let app: FastifyInstance;

beforeEach(async () => {
  // A folder of that name above the UI makes nothing in it an asset.
  parent = mkdtempSync(join(tmpdir(), 'leakscope-ui-'));
  uiDirectory = join(parent, 'assets', 'ui');
  mkdirSync(join(uiDirectory, 'assets'), { recursive: true });
  writeFileSync(join(uiDirectory, 'index.html'), '<!doctype html><title>Leakscope</title>');
  writeFileSync(join(uiDirectory, 'icon.svg'), '<svg/>');
  writeFileSync(join(uiDirectory, 'assets', 'main-abc123.js'), 'export {};');
  app = fastify();
  registerSecurityHeaders(app);
  registerStatic(app, { uiDirectory });
  await app.ready();
});
afterEach(async () => {
  await app.close();
  rmSync(parent, { recursive: true });
});

test('serves the page at the path of every page, and never from cache', async () => {
  for (const url of [
    '/',
    '/leaks/5',
    '/services/a%2Fb',
    '/explore?from=now-1h',
    '/settings/tokens',
    '/share/x/iframe',
  ]) {
    const answer = await app.inject(url);
    expect([url, answer.statusCode, answer.headers['cache-control']]).toEqual([url, 200, 'no-cache']);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('<title>Leakscope');
  }
});

test('serves assets for a year and other files for now', async () => {
  const asset = await app.inject('/assets/main-abc123.js');
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect(asset.headers['content-type']).toContain('javascript');
  expect((await app.inject('/icon.svg')).headers['cache-control']).toBe('no-cache');
});

test('answers HEAD', async () => {
  const answer = await app.inject({ method: 'HEAD', url: '/leaks/5' });
  expect([answer.statusCode, answer.body]).toEqual([200, '']);
});

test('serves nothing outside its folder and no page at unknown paths', async () => {
  for (const url of [
    '/nothing',
    '/assets/other.js',
    '/../package.json',
    '/%2e%2e/package.json',
    '/assets/..%2f..%2fx',
  ]) {
    expect([url, (await app.inject(url)).statusCode]).toEqual([url, 404]);
  }
});

test('forbids inline and foreign scripts, styles and frames', async () => {
  const policy = String((await app.inject('/')).headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect((await app.inject('/')).headers['x-content-type-options']).toBe('nosniff');
});

test('does nothing where the UI is not built', async () => {
  const bare = fastify();
  registerStatic(bare, { uiDirectory: join(uiDirectory, 'absent') });
  expect((await bare.inject('/')).statusCode).toBe(404);
});
