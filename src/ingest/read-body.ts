import { problem } from '../base/problem.ts';
import type { Ticket } from './admission.ts';

/** Longest pause in a body, far above what a client that is alive makes. */
export const IDLE_BODY_MS = 10_000;

/**
 * The whole body in one buffer of its own. Throws bodyTooLarge past `limitBytes`, bodyStalled when nothing comes for
 * `idleMs`, queueFull when the memory for it is not to be had, and bodyCutOff when the sender goes away.
 */
export async function readBody(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { limitBytes, idleMs }: { readonly limitBytes: number; readonly idleMs: number },
  ticket: Ticket,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  let isGivenUp = false;
  const { promise: stalled, reject } = promiseParts();
  const timer = setTimeout(() => reject(problem('bodyStalled', { idleMs, sizeBytes })), idleMs);
  const receive = async () => {
    for await (const chunk of body) {
      // The ticket is no longer ours.
      if (isGivenUp) return;
      timer.refresh();
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) throw problem('bodyTooLarge', { limitBytes });
      ticket.grow(chunk.length);
      chunks.push(chunk);
    }
  };
  try {
    await Promise.race([receive(), stalled]);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
      throw problem('bodyCutOff', { sizeBytes }, error);
    }
    throw error;
  } finally {
    clearTimeout(timer);
    isGivenUp = true;
  }
  return joined(chunks, sizeBytes);
}

function promiseParts(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
}

function joined(chunks: readonly Uint8Array[], sizeBytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
