import { problem } from '../base/problem.ts';
import type { Ticket } from './admission.ts';

/**
 * The whole body in one buffer of its own. Throws bodyTooLarge past `limitBytes`, queueFull when the memory for it is
 * not to be had, and bodyCutOff when the sender goes away.
 */
export async function readBody(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  limitBytes: number,
  ticket: Ticket,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const take = (chunk: Uint8Array) => {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw problem('bodyTooLarge', { limitBytes });
    ticket.grow(chunk.length);
    chunks.push(chunk);
  };
  try {
    for await (const chunk of body) take(chunk);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
      throw problem('bodyCutOff', { sizeBytes }, error);
    }
    throw error;
  }
  const whole = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
