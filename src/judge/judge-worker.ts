/** The thread that judges: a shim, so that the logic is testable without threads. */
import { parentPort } from 'node:worker_threads';
import { judgeService } from '../analysis/leaks/judge-service.ts';
import type { JudgeJob } from './judge-thread.ts';

parentPort?.on('message', ({ history, options }: JudgeJob) => {
  parentPort?.postMessage(judgeService(history, options));
});
