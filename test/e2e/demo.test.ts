import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { FindingsAnswer, StatusAnswer } from '../../src/wire/api.ts';
import { freePort } from '../support/free-port.ts';
import { runsGo } from '../support/go.ts';
import { mainFile, makeDirectory, removeDirectories, startServer } from '../support/server.ts';
import { getJson, until } from '../support/until.ts';

const started: Demo[] = [];

afterAll(async () => {
  for (const demo of started) demo.interrupt();
  await Promise.all(started.map((demo) => demo.exited));
  removeDirectories();
});

interface Demo {
  readonly url: string;
  /** What it makes while it runs is in here. */
  readonly temporary: string;
  output(): string;
  /** Its messages and those of what it runs. */
  errors(): string;
  readonly exited: Promise<number | null>;
  interrupt(): void;
}

/** Runs `leakscope demo`; with `path: ''` no Go is found. */
async function startDemo(options: {
  readonly url?: string;
  readonly path?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Promise<Demo> {
  const url = options.url ?? `http://127.0.0.1:${await freePort()}`;
  const temporary = makeDirectory();
  const child = spawn(process.execPath, [mainFile, 'demo', '--http', url.slice(7), ...(options.args ?? [])], {
    env: { ...process.env, ...options.env, TMPDIR: temporary, PATH: options.path ?? process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const interrupt = () => child.kill('SIGINT');
  const demo = { url, temporary, output: () => stdout, errors: () => stderr, exited, interrupt };
  started.push(demo);
  return demo;
}

describe.concurrent('leakscope demo', () => {
  test('without Go, replays the recording until the leak is named; Ctrl-C stops all and leaves nothing behind', {
    timeout: 180_000,
  }, async () => {
    const demo = await startDemo({ path: '' });
    await until('the demo names the leak', 120_000, async () => /^After \d+ s: /m.test(demo.output()) || undefined);
    expect(demo.output()).toContain('Go is not on this machine: replaying');
    const { findings } = await getJson<FindingsAnswer>(`${demo.url}/api/v1/findings?service=simple.golang.app`);
    expect(findings.map(({ verdict, culprit }) => [verdict, culprit.function])).toEqual([
      ['leak', 'main.longRunningTask'],
    ]);
    expect(demo.output()).toContain(`${demo.url}/leaks/${findings[0]?.id}`);

    demo.interrupt();
    expect(await demo.exited).toBe(0);
    await expect(fetch(demo.url)).rejects.toThrow();
    expect(readdirSync(demo.temporary)).toEqual([]);
  });

  test.skipIf(!runsGo)(
    'with Go, builds and runs the real program',
    {
      timeout: 180_000,
    },
    async () => {
      const demo = await startDemo({});
      await until('profiles of the program are stored', 150_000, async () => {
        const { profilesStored } = await getJson<StatusAnswer>(`${demo.url}/api/v1/status`);
        return profilesStored > 0 || undefined;
      });
      expect(demo.output()).toContain('The leaking program answers on http://127.0.0.1:');
      demo.interrupt();
      expect(await demo.exited).toBe(0);
      expect(readdirSync(demo.temporary).filter((name) => name.startsWith('leakscope-'))).toEqual([]);
    },
  );

  test('uses the server that runs, says that it judges later, and leaves it running at the end of --for', {
    timeout: 120_000,
  }, async () => {
    const server = await startServer();
    const demo = await startDemo({ url: server.url, path: '', args: ['--for', '8s'] });
    expect(await demo.exited).toBe(0);
    expect(demo.output()).toContain(`Using the server that runs on ${server.url}.`);
    expect(demo.output()).toContain('30 min');
    const { profilesStored } = await getJson<StatusAnswer>(`${server.url}/api/v1/status`);
    expect(profilesStored).toBeGreaterThan(0);
    expect((await server.stop()).code).toBe(0);
  });

  test('says in one line that the server which it used has gone', { timeout: 120_000 }, async () => {
    const server = await startServer();
    const demo = await startDemo({ url: server.url, path: '' });
    await until('the demo is under way', 60_000, async () => demo.output().includes('Ctrl-C stops') || undefined);
    await server.stop();
    expect(await demo.exited).toBe(1);
    expect(demo.errors()).toMatch(/^leakscope: the server is gone: [^\n]* \(LS-2012\)\n$/);
    expect(readdirSync(demo.temporary)).toEqual([]);
  });

  test('keeps the profiles where LEAKSCOPE_DATA says', { timeout: 120_000 }, async () => {
    const directory = makeDirectory();
    const demo = await startDemo({ path: '', args: ['--for', '10s'], env: { LEAKSCOPE_DATA: directory } });
    expect(await demo.exited).toBe(0);
    expect(readdirSync(directory)).not.toEqual([]);
    expect(readdirSync(demo.temporary)).toEqual([]);
  });
});
