import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { Problem } from '../base/problem.ts';
import { createDecodePool, type Decoder } from './decode-pool.ts';
import type { DecodeJob } from './decode-upload.ts';

let pool: Decoder | undefined;
afterEach(() => pool?.close());

/** A thread that does what the first byte of the body says; its answers tell which thread it is. */
const SCRIPT = `
  const { parentPort, threadId } = require('node:worker_threads');
  parentPort.on('message', ({ body, contentType }) => {
    if (contentType === 'throw') throw new Error('boom');
    if (contentType === 'exit') process.exit(3);
    if (contentType === 'hoard') { const all = []; for (;;) all.push(new Array(1e5).fill({ a: 1 })); }
    if (contentType === 'problem') {
      return parentPort.postMessage({ kind: 'problem', key: 'notAProfile', details: { why: 'text' } });
    }
    if (contentType === 'wait') return parentPort.once('message', () => {});
    if (contentType === 'bug') return parentPort.postMessage({ kind: 'bug', stack: 'the stack' });
    parentPort.postMessage({ kind: 'decoded', upload: undefined, elapsedMs: threadId });
  });
`;

function job(does: string, sizeBytes = 8): DecodeJob {
  return {
    body: new Uint8Array(sizeBytes),
    format: 'pprof',
    contentType: does,
    contentEncoding: '',
    maxProfileBytes: 1,
    maxStacks: 1,
  };
}

function open(workers: number): Decoder {
  const resourceLimits = { maxOldGenerationSizeMb: 32 };
  pool = createDecodePool({ workers, createWorker: () => new Worker(SCRIPT, { eval: true, resourceLimits }) });
  return pool;
}

test('uses no more threads than it may, and each again', async () => {
  const { decode } = open(2);
  const threads = await Promise.all(Array.from({ length: 20 }, () => decode(job('')).then((d) => d.elapsedMs)));
  expect(new Set(threads).size).toBe(2);
});

test('heavy bodies never take the last thread', async () => {
  const { decode } = open(2);
  const heavy = 2 * 1024 * 1024;
  const stuck = [decode(job('wait', heavy)), decode(job('wait', heavy))];
  const ended = Promise.allSettled(stuck);
  expect((await decode(job(''))).elapsedMs).toBeGreaterThan(0);
  await pool!.close();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('moves the body instead of copying it', async () => {
  const { decode } = open(1);
  const moved = job('');
  await decode(moved);
  expect(moved.body.length).toBe(0);
});

test('carries problems across, with their key and details', async () => {
  const { decode } = open(1);
  const failure = await decode(job('problem')).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Problem);
  expect((failure as Problem).key).toBe('notAProfile');
  expect((failure as Problem).details).toEqual({ why: 'text' });
});

test('carries a bug across with its stack', async () => {
  await expect(open(1).decode(job('bug'))).rejects.toThrow('the stack');
});

test('a thread that dies fails its own job alone and is replaced', async () => {
  const { decode } = open(1);
  const jobs = [decode(job('')), decode(job('throw')), decode(job('')), decode(job('exit')), decode(job(''))];
  const ended = await Promise.allSettled(jobs);
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled']);
});

test('a profile that needs too much memory ends its thread, not the process', async () => {
  const { decode } = open(1);
  const failure = await decode(job('hoard')).catch((error: unknown) => error);
  expect((failure as Problem).key).toBe('decodeOutOfMemory');
  await decode(job(''));
});

test('close fails what waits', async () => {
  const { decode, close } = open(1);
  const waiting = Promise.allSettled([decode(job('')), decode(job(''))]);
  await close();
  expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(decode(job(''))).rejects.toThrow('stopping');
});
