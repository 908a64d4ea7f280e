import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type * as JudgeThreads from '../../src/judge/judge-thread.ts';
import { mainFile } from '../support/server.ts';
import { CHAN_SEND, historyOf, nowMsOf, stackOf } from '../support/synthetic-history.ts';

/** Of the built program, since a thread runs no TypeScript. */
const built = pathToFileURL(join(dirname(mainFile), 'judge/judge-thread.js')).href;
const { createJudgeThread } = (await import(built)) as typeof JudgeThreads;

const INSTANCES = 20;
const STACKS = 200;
const POINTS = 400;
const STEP_S = 15;

test('the event loop goes on turning while a large service is judged', async () => {
  const places = Array.from({ length: STACKS }, (_, k) => ({
    stack: stackOf(...CHAN_SEND, `main.task${k}@main.go:${k + 1}`),
    goroutines: (_ageS: number, i: number) => 10 + (k % 7 === 0 ? i : (i * 7919) % 10),
  }));
  const processes = Array.from({ length: INSTANCES }, (_, n) => ({
    ...{ instance: `host-${n}`, stepS: STEP_S, points: POINTS, places },
  }));
  const history = historyOf(processes);
  const thread = createJudgeThread();
  let isJudging = true;
  const judging = thread.judge(history, { minAgeMs: 1_800_000, nowMs: nowMsOf(history) }).finally(() => {
    isJudging = false;
  });
  // Counted turns, not measured times: a busy machine makes these slow, but a blocked loop makes none.
  let turns = 0;
  while (isJudging) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  expect((await judging).verdict).toBe('leak');
  await thread.close();
  expect(turns).toBeGreaterThan(100);
});
