import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();

/** A search path on which npm, Node and a shell are found, and no Go. */
function pathWithoutGo(): string {
  const directory = makeDirectory();
  for (const name of ['env', 'sh', 'node']) {
    const target = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    symlinkSync(name === 'node' ? process.execPath : target, join(directory, name));
  }
  return directory;
}

interface Demo {
  readonly url: string;
  /** What it makes while it runs is in here. */
  readonly temporary: string;
  output(): string;
  /** Its messages and those of what it runs. */
  errors(): string;
  /** Resolves when it and all that it started have let go of its output, which they share; null after a signal. */
  readonly exited: Promise<number | null>;
  /** SIGINT or another signal for its whole process group, as from a terminal. */
  interrupt(signal?: NodeJS.Signals): void;
}

/**
 * Runs `leakscope demo`, by default directly, with `npm: true` as `npm run demo` in the folder around the build; with
 * `path: ''` no Go is found.
 */
async function startDemo(options: {
  readonly url?: string;
  readonly path?: string;
  readonly npm?: boolean;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): Promise<Demo> {
  const url = options.url ?? `http://127.0.0.1:${await freePort()}`;
  const temporary = makeDirectory();
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('LEAKSCOPE_'));
  // Not `predemo`, which builds.
  const command = options.npm ? [npm, 'run', 'demo', '--ignore-scripts', '--'] : [process.execPath, mainFile, 'demo'];
  const child = spawn(command[0] ?? '', [...command.slice(1), '--http', url.slice(7), ...(options.args ?? [])], {
    cwd: dirname(dirname(mainFile)),
    env: {
      ...{ ...Object.fromEntries(inherited), ...options.env, TMPDIR: temporary },
      PATH: options.path ?? process.env.PATH,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
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
  let hasExited = false;
  child.on('exit', () => {
    hasExited = true;
  });
  const interrupt = (signal: NodeJS.Signals = 'SIGINT') => {
    if (!hasExited && child.pid !== undefined) process.kill(-child.pid, signal);
  };
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
    expect(demo.output()).not.toContain('Building');
    const { findings } = await getJson<FindingsAnswer>(`${demo.url}/api/v1/findings?service=simple.golang.app`);
    expect(findings.map(({ verdict, culprit }) => [verdict, culprit.function])).toEqual([
      ['leak', 'main.longRunningTask'],
    ]);
    expect(demo.output()).toContain(`${demo.url}/leaks/${findings[0]?.id}`);

    demo.interrupt();
    expect(await demo.exited).toBe(0);
    await expectAllStopped(demo);
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
      await expectAllStopped(demo);
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
    expect(demo.output()).toContain('Ctrl-C stops the demo; the server keeps running.');
    expect(demo.output()).not.toContain('everything');
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
    expect(demo.errors()).toMatch(
      /^leakscope: the server on http:[^\n]* could not be reached for 5 s\. [^\n]* \(LS-3008\)\n$/,
    );
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

/** Nothing answers where the demo said that something does, and its temporary directories are gone. */
async function expectAllStopped(demo: Demo): Promise<void> {
  const programs = [...demo.output().matchAll(/answers on (http:\S+\/)/g)].map(([, url]) => url ?? '');
  for (const url of [demo.url, ...programs]) await expect(fetch(url)).rejects.toThrow();
  expect(readdirSync(demo.temporary)).toEqual([]);
}

/** Moments of a demo, each with what tells that it has come. */
const MOMENTS: readonly {
  readonly moment: string;
  readonly withGo: boolean;
  readonly hasCome: (demo: Demo) => boolean;
}[] = [
  {
    moment: 'while the server starts',
    withGo: false,
    hasCome: (demo) => readdirSync(demo.temporary).some((name) => name.startsWith('leakscope-demo-')),
  },
  { moment: 'in the replay', withGo: false, hasCome: (demo) => demo.output().includes('\nOpen http:') },
  { moment: 'in the build', withGo: true, hasCome: (demo) => demo.output().includes('Building') },
  { moment: 'when the program has started', withGo: true, hasCome: (demo) => demo.output().includes('answers on') },
  { moment: 'when the page is named', withGo: true, hasCome: (demo) => demo.output().includes('\nOpen http:') },
];

// npm forwards SIGINT and SIGTERM of the terminal, so that the demo gets them twice, and ends itself by SIGHUP.
describe('npm run demo', () => {
  for (const { moment, withGo, hasCome } of MOMENTS) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const run = async () => {
        const demo = await startDemo({ npm: true, ...(withGo ? {} : { path: pathWithoutGo() }) });
        await expect.poll(() => hasCome(demo), { timeout: 90_000, interval: 10 }).toBe(true);
        demo.interrupt(signal);
        expect(await demo.exited).toBe(signal === 'SIGHUP' ? null : 0);
        expect(demo.output()).toContain('Stopping…');
        await expectAllStopped(demo);
      };
      const name = `${signal} ${moment} stops everything`;
      test.skipIf(withGo && !runsGo)(name, { timeout: 120_000 }, run);
    }
  }

  test('a Ctrl-C pressed again and again changes nothing', { timeout: 60_000 }, async () => {
    const demo = await startDemo({ npm: true, path: pathWithoutGo() });
    await until('the demo is under way', 50_000, async () => demo.output().includes('Ctrl-C stops') || undefined);
    const again = setInterval(() => demo.interrupt(), 20);
    // npm itself may die of a signal that comes once its child has ended, so that the code is 0 or none.
    expect([0, null]).toContain(await demo.exited);
    clearInterval(again);
    expect(demo.output().match(/Stopping…/g)).toHaveLength(1);
    await expectAllStopped(demo);
  });
});
