import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import type { ServiceHistory } from '../model/history.ts';
import { createJudgeThread, type JudgeThread } from './judge-thread.ts';

let thread: JudgeThread | undefined;
afterEach(() => thread?.close());

/** A thread that does what the service's name says; its answers tell which thread it is, and how much arrived. */
const SCRIPT = `
  const { parentPort, threadId } = require('node:worker_threads');
  parentPort.on('message', ({ history, options }) => {
    if (history.service === 'throw') throw new Error('boom');
    if (history.service === 'exit') process.exit(3);
    if (history.service === 'hang') return;
    const { byStack } = history.segments[0].goroutines;
    parentPort.postMessage({ service: history.service, stepMs: threadId, note: [...byStack.get(7n)].join() });
  });
`;

function open(): JudgeThread {
  thread = createJudgeThread(() => new Worker(SCRIPT, { eval: true }));
  return thread;
}

function history(service: string): ServiceHistory {
  const goroutines = {
    timesS: new Float64Array(2),
    coveredS: new Float64Array(2),
    totals: new Float64Array(2),
    byStack: new Map([[7n, Float64Array.of(1, 2)]]),
  };
  const none = { goroutineLeaks: null, inuseSpace: null, inuseObjects: null, allocSpace: null, heapPeriodBytes: 0 };
  return {
    service,
    segments: [{ instance: 'a', version: '', session: '', goroutines, ...none }],
    stacks: new Map(),
  };
}

const OPTIONS = { minAgeMs: 1, nowMs: 2 };

test('judges one history after the other in one thread, and moves the values', async () => {
  const { judge } = open();
  const first = history('a');
  const answer = await judge(first, OPTIONS);
  expect(answer).toMatchObject({ service: 'a', note: '1,2' });
  expect(first.segments[0]!.goroutines!.byStack.get(7n)!.length).toBe(0);
  expect((await judge(history('b'), OPTIONS)).stepMs).toBe(answer.stepMs);
});

test('a thread that dies fails its own history alone and is replaced', async () => {
  const { judge } = open();
  const first = await judge(history('a'), OPTIONS);
  await expect(judge(history('throw'), OPTIONS)).rejects.toThrow('boom');
  await expect(judge(history('exit'), OPTIONS)).rejects.toThrow('ended with code 3');
  expect((await judge(history('b'), OPTIONS)).stepMs).toBeGreaterThan(first.stepMs);
});

test('close fails what the thread is at', async () => {
  const { judge, close } = open();
  const waiting = expect(judge(history('hang'), OPTIONS)).rejects.toThrow('ended');
  await close();
  await waiting;
});
