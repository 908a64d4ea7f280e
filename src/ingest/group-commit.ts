import type { Upload } from '../store/profile-store.ts';

/** Longest time that an upload waits for company; 20 ms cost a third more processor time at a hundred uploads a second. */
export const MAX_WAIT_MS = 50;
/** Largest commit. */
export const MAX_UPLOADS = 400;
/** Values in one commit: a few huge profiles make a batch as well as many small ones. */
const MAX_VALUES = 2_000_000;

export interface GroupCommit {
  /** Resolves after the store committed; rejects with the failure of the commit. */
  commit(upload: Upload): Promise<void>;
  /** Resolves when everything given to `commit` is settled. */
  drain(): Promise<void>;
}

interface Waiting {
  readonly upload: Upload;
  readonly sinceMs: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Commits uploads in groups, one `append` at a time: an insert costs much more than a row. A group closes
 * MAX_WAIT_MS after its first upload, earlier when it is full, later when the previous one is still being written.
 * If `append` fails, all of the group fail. What waits is bounded by admission.
 */
export function createGroupCommit(options: {
  readonly append: (uploads: readonly Upload[]) => Promise<void>;
  readonly now?: () => number;
}): GroupCommit {
  const now = options.now ?? (() => performance.now());
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const schedule = () => {
    const first = waiting[0];
    if (running !== undefined || first === undefined) return;
    const waitMs = isFull(waiting) ? 0 : MAX_WAIT_MS - (now() - first.sinceMs);
    clearTimeout(timer);
    if (waitMs > 0) timer = setTimeout(run, waitMs);
    else run();
  };
  const run = () => {
    clearTimeout(timer);
    timer = undefined;
    running = write(waiting.splice(0, groupLength(waiting))).then(() => {
      running = undefined;
      schedule();
    });
  };
  const write = async (group: readonly Waiting[]) => {
    try {
      await options.append(group.map(({ upload }) => upload));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  return {
    commit(upload) {
      const settled = new Promise<void>((resolve, reject) => {
        waiting.push({ upload, sinceMs: now(), resolve, reject });
      });
      // Only the first of a group and the one that fills it change when it closes.
      if (timer === undefined || isFull(waiting)) schedule();
      return settled;
    },
    async drain() {
      while (waiting.length > 0 || running !== undefined) {
        if (running === undefined) run();
        await running;
      }
    },
  };
}

function isFull(waiting: readonly Waiting[]): boolean {
  return waiting.length >= MAX_UPLOADS || groupLength(waiting) < waiting.length;
}

/** How many of those that wait go into the next group: at least one. */
function groupLength(waiting: readonly Waiting[]): number {
  let values = 0;
  for (const [i, { upload }] of waiting.entries()) {
    values += upload.stackIds.length * (upload.rows.length + 1);
    if (i > 0 && (values > MAX_VALUES || i >= MAX_UPLOADS)) return i;
  }
  return waiting.length;
}
