/** What crosses between the decode pool and its threads. Structured clone drops subclasses, so problems go as data. */
import { Problem, type ProblemKey } from '../base/problem.ts';
import { type DecodedUpload, type DecodeJob, decodeUpload } from './decode-upload.ts';

export type DecodeAnswer =
  | { readonly kind: 'decoded'; readonly upload: DecodedUpload | undefined; readonly elapsedMs: number }
  | { readonly kind: 'problem'; readonly key: ProblemKey; readonly details: Readonly<Record<string, string | number>> }
  | { readonly kind: 'bug'; readonly stack: string };

/** Does a job. Never throws: a failure is an answer too. `transfer` lists the buffers that may move. */
export async function answerJob(job: DecodeJob): Promise<{ answer: DecodeAnswer; transfer: ArrayBuffer[] }> {
  const begunMs = performance.now();
  try {
    const upload = await decodeUpload(job);
    const elapsedMs = performance.now() - begunMs;
    return { answer: { kind: 'decoded', upload, elapsedMs }, transfer: upload === undefined ? [] : buffersOf(upload) };
  } catch (error) {
    if (error instanceof Problem) {
      return { answer: { kind: 'problem', key: error.key, details: error.details }, transfer: [] };
    }
    return {
      answer: { kind: 'bug', stack: error instanceof Error ? String(error.stack) : String(error) },
      transfer: [],
    };
  }
}

/** What the other side of the boundary throws or returns for an answer. */
export function openAnswer(answer: DecodeAnswer): { upload: DecodedUpload | undefined; elapsedMs: number } {
  if (answer.kind === 'decoded') return { upload: answer.upload, elapsedMs: answer.elapsedMs };
  if (answer.kind === 'problem') throw new Problem(answer.key, answer.details);
  throw new Error(`a decode thread failed: ${answer.stack}`);
}

function buffersOf({ stackIds, rows, symbols }: DecodedUpload): ArrayBuffer[] {
  const { frameFunction, frameFile, frameLine, stackOffsets, stackFrames } = symbols;
  const arrays = [
    stackIds,
    frameFunction,
    frameFile,
    frameLine,
    stackOffsets,
    stackFrames,
    ...rows.map((row) => row.values),
  ];
  return arrays.map((array) => array.buffer as ArrayBuffer);
}
