import { problem } from '../base/problem.ts';

/** Seconds that a refused client is asked to wait. */
const RETRY_AFTER_SECONDS = 1;

/** The share of one upload in what is in flight; `leave` gives it back. */
export interface Ticket {
  /** Takes a place among the uploads, once. Throws queueFull. */
  enter(): void;
  /** Takes memory for more bytes. Throws queueFull. */
  grow(sizeBytes: number): void;
  leave(): void;
}

export interface Admission {
  /** A ticket for an upload that is to be received; it has neither a place nor bytes yet. Throws queueFull. */
  receive(): Ticket;
  load(): { readonly uploads: number; readonly sizeBytes: number };
}

/**
 * Bounds what is in flight: by number what is decoded and written, by bytes also what is being received. (A sender that
 * is slow would otherwise hold a place for as long as it likes.) Nothing waits here.
 */
export function createAdmission(limits: { readonly uploads: number; readonly sizeBytes: number }): Admission {
  let uploads = 0;
  let inFlightBytes = 0;
  const full = (what: string, limit: number) =>
    problem('queueFull', { what, limit, retryAfterSeconds: RETRY_AFTER_SECONDS });
  const checkPlace = () => {
    if (uploads >= limits.uploads) throw full('uploads', limits.uploads);
  };
  return {
    receive() {
      checkPlace();
      let ownBytes = 0;
      let places = 0;
      return {
        enter() {
          checkPlace();
          places = 1;
          uploads++;
        },
        grow(sizeBytes) {
          if (inFlightBytes + sizeBytes > limits.sizeBytes) throw full('bytes', limits.sizeBytes);
          ownBytes += sizeBytes;
          inFlightBytes += sizeBytes;
        },
        leave() {
          uploads -= places;
          inFlightBytes -= ownBytes;
        },
      };
    },
    load: () => ({ uploads, sizeBytes: inFlightBytes }),
  };
}
