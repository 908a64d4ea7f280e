/** What crosses between the decode pool and its threads. Structured clone drops subclasses, so problems go as data. */
import { Problem, type ProblemKey } from '../base/problem.ts';
import type { StackSymbols } from '../store/profile-store.ts';
import { type DecodedUpload, type DecodeJob, decodeUpload } from './decode-upload.ts';

export type DecodeAnswer =
  | { readonly kind: 'decoded'; readonly upload: PackedUpload | undefined; readonly elapsedMs: number }
  | { readonly kind: 'problem'; readonly key: ProblemKey; readonly details: Readonly<Record<string, string | number>> }
  | { readonly kind: 'bug'; readonly stack: string };

/** An upload whose strings are one text: cloning a thousand strings costs more than all the rest. */
type PackedUpload = Omit<DecodedUpload, 'symbols'> & { readonly symbols: PackedSymbols };
type PackedSymbols = Omit<StackSymbols, 'strings'> & { readonly text: string; readonly textEnds: Int32Array };

/** Does a job. Never throws: a failure is an answer too. `transfer` lists the buffers that may move. */
export async function answerJob(job: DecodeJob): Promise<{ answer: DecodeAnswer; transfer: ArrayBuffer[] }> {
  const begunMs = performance.now();
  try {
    const upload = await decodeUpload(job);
    const elapsedMs = performance.now() - begunMs;
    if (upload === undefined) return { answer: { kind: 'decoded', upload, elapsedMs }, transfer: [] };
    const packed = { ...upload, symbols: pack(upload.symbols) };
    return { answer: { kind: 'decoded', upload: packed, elapsedMs }, transfer: buffersOf(packed) };
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
  if (answer.kind === 'decoded') {
    const { upload, elapsedMs } = answer;
    return { upload: upload && { ...upload, symbols: unpack(upload.symbols) }, elapsedMs };
  }
  if (answer.kind === 'problem') throw new Problem(answer.key, answer.details);
  throw new Error(`a decode thread failed: ${answer.stack}`);
}

function pack({ strings, ...columns }: StackSymbols): PackedSymbols {
  const textEnds = new Int32Array(strings.length);
  let end = 0;
  for (const [i, { length }] of strings.entries()) {
    end += length;
    textEnds[i] = end;
  }
  return { ...columns, text: strings.join(''), textEnds };
}

/** The text is cut up on first use: most uploads bring no stack that the store does not know. */
function unpack({ text, textEnds, ...columns }: PackedSymbols): StackSymbols {
  let strings: readonly string[] | undefined;
  return {
    ...columns,
    get strings() {
      strings ??= Array.from(textEnds, (end, i) => text.slice(textEnds[i - 1] ?? 0, end));
      return strings;
    },
  };
}

function buffersOf({ stackIds, rows, symbols }: PackedUpload): ArrayBuffer[] {
  const { textEnds, frameFunction, frameFile, frameLine, stackOffsets, stackFrames } = symbols;
  const arrays = [
    stackIds,
    textEnds,
    frameFunction,
    frameFile,
    frameLine,
    stackOffsets,
    stackFrames,
    ...rows.map((row) => row.values),
  ];
  return arrays.map((array) => array.buffer as ArrayBuffer);
}
