import { constants, gunzipSync } from 'node:zlib';
import { problem } from '../base/problem.ts';

/** True for bytes that begin as a gzip member does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

const MIN_CHUNK_BYTES = 1024;
const MAX_CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Decompresses one or more gzip members that follow each other. `what` names the input in messages.
 * Throws profileTooLarge as soon as the output passes `limitBytes`, so that a bomb costs no more than the limit, and
 * brokenGzip for damaged, cut off or trailing bytes. Source: RFC 1952.
 */
export function gunzip(bytes: Uint8Array, limitBytes: number, what: string): Uint8Array {
  try {
    const chunkSize = expectedBytes(bytes, limitBytes);
    // @types/node leaves out `info`, which tells how much of the input was read.
    const options = { maxOutputLength: limitBytes, chunkSize, finishFlush: constants.Z_FINISH, info: true };
    const { buffer, engine } = gunzipSync(bytes, options) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    // zlib ignores what follows the last member; Go's reader, and so every Pyroscope, does not.
    if (engine.bytesWritten < bytes.length) {
      const why = `${bytes.length - engine.bytesWritten} bytes follow its end at byte ${engine.bytesWritten}`;
      throw problem('brokenGzip', { what, why, sizeBytes: bytes.length });
    }
    return buffer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw problem('profileTooLarge', { what, limitBytes }, error);
    if (typeof code === 'string' && code.startsWith('Z_')) {
      throw problem('brokenGzip', { what, why: (error as Error).message, sizeBytes: bytes.length }, error);
    }
    throw error;
  }
}

/** The size that the last member claims, within bounds: a hint for the size of buffers, never trusted. */
function expectedBytes(bytes: Uint8Array, limitBytes: number): number {
  const end = bytes.length;
  const claimed = end < 18 ? 0 : new DataView(bytes.buffer, bytes.byteOffset + end - 4, 4).getUint32(0, true);
  return Math.max(MIN_CHUNK_BYTES, Math.min(claimed + 1, MAX_CHUNK_BYTES, limitBytes));
}
