import { problem } from '../base/problem.ts';

/** Seconds that a refused client is asked to wait. */
const RETRY_AFTER_SECONDS = 1;

/** A place among the uploads in flight; `leave` gives it and its bytes back. */
export interface Ticket {
  /** Takes memory for more bytes. Throws queueFull. */
  grow(sizeBytes: number): void;
  leave(): void;
}

export interface Admission {
  /** Throws queueFull. */
  enter(): Ticket;
  load(): { readonly uploads: number; readonly sizeBytes: number };
}

/** Bounds what is being received, decoded and written at once: by number and by bytes. Nothing waits here. */
export function createAdmission(limits: { readonly uploads: number; readonly sizeBytes: number }): Admission {
  let uploads = 0;
  let inFlightBytes = 0;
  const full = (what: string, limit: number) =>
    problem('queueFull', { what, limit, retryAfterSeconds: RETRY_AFTER_SECONDS });
  return {
    enter() {
      if (uploads >= limits.uploads) throw full('uploads', limits.uploads);
      uploads++;
      let ownBytes = 0;
      return {
        grow(sizeBytes) {
          if (inFlightBytes + sizeBytes > limits.sizeBytes) throw full('bytes', limits.sizeBytes);
          ownBytes += sizeBytes;
          inFlightBytes += sizeBytes;
        },
        leave() {
          uploads--;
          inFlightBytes -= ownBytes;
        },
      };
    },
    load: () => ({ uploads, sizeBytes: inFlightBytes }),
  };
}
