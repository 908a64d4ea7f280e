import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openEmbedded } from '../../src/store/connection.ts';
import { openStore } from '../../src/store/open-store.ts';
import { migrate, SCHEMA_VERSION } from '../../src/store/schema/migrate.ts';
import { sql, string, uint32 } from '../../src/store/sql.ts';
import { readStats } from '../../src/store/stats.ts';
import { CPU, INUSE_SPACE, makeUpload, stackIdOf, temporaryDirectory } from './store-support.ts';

/** Below node_modules, so that the child finds chdb. */
const childDirectory = fileURLToPath(new URL('../../node_modules/.cache/leakscope-store-child', import.meta.url));
const LOCK = 'leakscope.lock';
const children: ChildProcess[] = [];
let directory: ReturnType<typeof temporaryDirectory>;

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./store-child.ts', import.meta.url));
  await build({
    configFile: false,
    logLevel: 'error',
    build: { ssr: entry, outDir: childDirectory, emptyOutDir: true },
  });
});

afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  directory?.remove();
});

interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints. */
  line(): Promise<string>;
}

function start(verb: 'open' | 'append', path: string): Child {
  const child = spawn(process.execPath, [join(childDirectory, 'store-child.js'), verb, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { process: child, line: async () => String((await lines.next()).value) };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

test('loses nothing that was committed when the process is killed, and shows no upload half', async () => {
  directory = temporaryDirectory();
  for (const batches of [2, 5]) {
    const child = start('append', directory.path);
    expect(await child.line()).toBe('open');
    let committed = 0;
    for (let i = 0; i < batches; i++) committed = Number(/^committed (\d+)$/.exec(await child.line())?.[1]);
    await kill(child.process);
    expect(committed).toBeGreaterThanOrEqual(20 * batches);

    const store = await openStore({ directory: directory.path });
    const range = { fromNs: 0n, untilNs: 2_000_000_000_000_000_000n };
    const query = { tenant: 'anonymous', selector: [], range, aggregation: 'sum' } as const;
    const cpu = await store.mergeStacks({ ...query, profileType: CPU });
    const heap = await store.mergeStacks({ ...query, profileType: INUSE_SPACE });
    expect(cpu.profileCount).toBeGreaterThanOrEqual(committed);
    expect(heap.profileCount).toBe(cpu.profileCount);
    expect(cpu.profileCount % 20).toBe(0);
    expect(cpu.stacks.size).toBe(cpu.values.size);
    expect(cpu.values.get(stackIdOf(`f99;upload ${committed - 1}`))).toBeGreaterThanOrEqual(100);
    await store.close();
  }
});

test('says which process holds the directory, and takes it over when that is killed', async () => {
  directory = temporaryDirectory();
  const first = start('open', directory.path);
  expect(await first.line()).toBe('open');
  const pid = first.process.pid;
  expect(await start('open', directory.path).line()).toMatch(
    new RegExp(`"key":"dataDirectoryHeld".*"holder":"pid ${pid}"`),
  );
  await expect(openStore({ directory: directory.path })).rejects.toMatchObject({ key: 'dataDirectoryHeld' });
  await kill(first.process);
  const store = await openStore({ directory: directory.path });
  expect(readFileSync(join(directory.path, LOCK), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  await expect(openStore({ directory: directory.path })).rejects.toMatchObject({ key: 'dataDirectoryHeld' });
  await store.close();
  await (await openStore({ directory: directory.path })).close();
});

test('lets one of two processes that start at once have the directory', async () => {
  directory = temporaryDirectory();
  writeFileSync(join(directory.path, LOCK), '999999999 gone\n');
  const lines = await Promise.all([1, 2, 3].map(() => start('open', directory.path).line()));
  expect(lines.filter((line) => line === 'open')).toHaveLength(1);
  expect(lines.filter((line) => line.includes('dataDirectoryHeld'))).toHaveLength(2);
});

test('takes a lock over whose pid now belongs to another process', async () => {
  directory = temporaryDirectory();
  writeFileSync(join(directory.path, LOCK), `${process.ppid} started-long-ago\n`);
  const store = await openStore({ directory: directory.path });
  await store.close();
});

test('names the holder by the engine’s own lock when the lock file is missing', async () => {
  directory = temporaryDirectory();
  const first = start('open', directory.path);
  expect(await first.line()).toBe('open');
  writeFileSync(join(directory.path, LOCK), '999999999 gone\n');
  expect(await start('open', directory.path).line()).toContain(`"holder":"pid ${first.process.pid}"`);
});

test('refuses a path that is a file, and one below a file', async () => {
  directory = temporaryDirectory();
  const file = join(directory.path, 'file');
  writeFileSync(file, '');
  await expect(openStore({ directory: file })).rejects.toMatchObject({ key: 'dataDirectory' });
  await expect(openStore({ directory: join(file, 'below') })).rejects.toMatchObject({ key: 'dataDirectory' });
  await expect(openStore({ directory: '/proc/leakscope' })).rejects.toMatchObject({ key: 'dataDirectory' });
});

test.skipIf(process.getuid?.() === 0)('refuses a directory that it may not write', async () => {
  directory = temporaryDirectory();
  const closed = join(directory.path, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o500);
  await expect(openStore({ directory: closed })).rejects.toMatchObject({ key: 'dataDirectory' });
});

test('refuses a directory of a newer version, and opens it once that is gone', async () => {
  directory = temporaryDirectory();
  await (await openStore({ directory: directory.path })).close();
  const connection = await openEmbedded(directory.path, { queryTimeoutMs: 10_000 });
  const newer = SCHEMA_VERSION + 1;
  await connection.command(
    sql`INSERT INTO leakscope.migrations SELECT ${uint32(newer)}, ${string('later')}, toInt64(0)`,
  );
  await connection.close();
  const failure = { key: 'newerSchema', details: { found: newer, known: SCHEMA_VERSION } };
  await expect(openStore({ directory: directory.path })).rejects.toMatchObject(failure);
  const again = await openEmbedded(directory.path, { queryTimeoutMs: 10_000 });
  await again.command(sql`ALTER TABLE leakscope.migrations DELETE WHERE name = 'later' SETTINGS mutations_sync = 1`);
  await again.close();
  await (await openStore({ directory: directory.path })).close();
});

test('migrates once, and bears a migration that was cut off before it was recorded', async () => {
  directory = temporaryDirectory();
  const connection = await openEmbedded(directory.path, { queryTimeoutMs: 10_000 });
  await migrate(connection, directory.path, 0);
  await migrate(connection, directory.path, 0);
  await connection.command(sql`TRUNCATE TABLE leakscope.migrations`);
  await migrate(connection, directory.path, 0);
  await connection.close();
  const store = await openStore({ directory: directory.path });
  await store.append([makeUpload({ timeNs: 1_763_000_000_000_000_000n, profiles: { [CPU]: { f: 1 } } })]);
  expect((await store.stats()).profiles).toBe(1);
  await store.close();
});

test('releases the directory when it cannot set its limits', async () => {
  directory = temporaryDirectory();
  await expect(openEmbedded(directory.path, { queryTimeoutMs: Number.NaN })).rejects.toThrow('finite');
  // The engine of this process has one directory at a time: another opens only if that one was let go.
  const other = temporaryDirectory();
  await (await openEmbedded(other.path, { queryTimeoutMs: 10_000 })).close();
  other.remove();
});

test('ends a query that runs too long as queryTimeout, and one that needs too much memory as queryMemory', async () => {
  directory = temporaryDirectory();
  const connection = await openEmbedded(directory.path, { queryTimeoutMs: 300 });
  await expect(connection.select(sql`SELECT sum(sipHash64(number)) FROM numbers(100000000000)`)).rejects.toMatchObject({
    key: 'queryTimeout',
    details: { limitMs: 300 },
  });
  await expect(connection.select(sql`SELECT length(range(400000000))`)).rejects.toMatchObject({ key: 'queryMemory' });
  await connection.close();
});

test('finishes what it was asked before it closes', async () => {
  directory = temporaryDirectory();
  const store = await openStore({ directory: directory.path });
  const timeNs = 1_763_000_000_000_000_000n;
  const appended = store.append([makeUpload({ timeNs, profiles: { [CPU]: { f: 1 } } })]);
  const read = store.stats();
  await store.close();
  await Promise.all([appended, read]);
  const reopened = await openStore({ directory: directory.path });
  expect((await reopened.stats()).profiles).toBe(1);
  await reopened.close();
});

test('answers how much it holds while a query runs', async () => {
  directory = temporaryDirectory();
  const connection = await openEmbedded(directory.path, { queryTimeoutMs: 10_000 });
  await migrate(connection, directory.path, 0);
  const aborting = new AbortController();
  let ended = false;
  const long = connection.select(sql`SELECT sum(sipHash64(number)) FROM numbers(50000000)`).finally(() => {
    ended = true;
  });
  const waiting = connection.until(aborting.signal).select(sql`SELECT 1`);
  expect(await readStats(connection)).toMatchObject({ profiles: 0 });
  aborting.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
  expect(ended).toBe(false);
  await long;
  await connection.close();
});
