/** The thread of the decode pool: a shim, so that the logic is testable without threads. */
import { parentPort } from 'node:worker_threads';
import { answerJob } from './decode-message.ts';
import type { DecodeJob } from './decode-upload.ts';

parentPort?.on('message', async (job: DecodeJob) => {
  const { answer, transfer } = await answerJob(job);
  parentPort?.postMessage(answer, transfer);
});
