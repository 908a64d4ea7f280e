import { createAnnounced } from './announced.ts';
import { appendUploads } from './append.ts';
import { type Connection, MAX_WAITING, openEmbedded } from './connection.ts';
import { openFindings } from './findings.ts';
import { readHistory } from './history.ts';
import { readLabelNames, readLabelValues, readProfileTypes, readSeries } from './label-queries.ts';
import { engineRefusal, lockDirectory } from './lock.ts';
import { mergeStacks } from './merge-stacks.ts';
import type { ProfileStore } from './profile-store.ts';
import { deleteProfilesOlderThan } from './retention.ts';
import { migrate } from './schema/migrate.ts';
import { createSemaphore } from './semaphore.ts';
import { readServices } from './services.ts';
import { readStats } from './stats.ts';
import { readTimeline } from './timeline.ts';

export interface StoreOptions {
  /** Made if absent; held by one process at a time. */
  readonly directory: string;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** A statement that runs longer fails with queryTimeout. */
  readonly queryTimeoutMs?: number;
}

/** Stack ids remembered as written, about 50 bytes each. */
const REMEMBERED_STACKS = 400_000;

/**
 * Opens the store in a directory, bringing its schema up to date.
 * Throws dataDirectory, dataDirectoryHeld, newerSchema.
 */
export async function openStore(options: StoreOptions): Promise<ProfileStore> {
  const { directory, now = Date.now, queryTimeoutMs = 30_000 } = options;
  const lock = lockDirectory(directory);
  let connection: Connection | undefined;
  try {
    connection = await openEmbedded(directory, { queryTimeoutMs }).catch((error: unknown) => {
      throw engineRefusal(directory, error);
    });
    await migrate(connection, directory, now());
    return await storeOn(connection, () => lock.release());
  } catch (error) {
    await connection?.close();
    lock.release();
    throw error;
  }
}

async function storeOn(connection: Connection, release: () => void): Promise<ProfileStore> {
  const announced = createAnnounced(REMEMBERED_STACKS);
  const findings = await openFindings(connection);
  // One writer at a time: the engine takes one statement a connection anyway, and `close` waits for it.
  const writes = createSemaphore({ permits: 1, maxWaiting: MAX_WAITING });
  const deletes = createSemaphore({ permits: 1, maxWaiting: MAX_WAITING });
  return {
    append: (uploads) => writes.run(() => appendUploads(connection, announced, uploads)),
    profileTypes: (query, signal) => readProfileTypes(connection.until(signal, 'short'), query),
    labelNames: (query, signal) => readLabelNames(connection.until(signal, 'short'), query),
    labelValues: (query, name, signal) => readLabelValues(connection.until(signal, 'short'), query, name),
    series: (query, labelNames, signal) => readSeries(connection.until(signal, 'short'), query, labelNames),
    mergeStacks: (query, signal) => mergeStacks(connection.until(signal), query),
    timeline: (query, signal) => readTimeline(connection.until(signal), query),
    services: (tenant, range, signal) => readServices(connection.until(signal, 'short'), tenant, range),
    history: (query, signal) => readHistory(connection.until(signal), query),
    findings: (tenant, filter = {}) => findings.all(tenant, filter),
    finding: (tenant, id) => findings.one(tenant, id),
    putFindings: (tenant, rows) => writes.run(() => findings.put(tenant, rows)),
    deleteOlderThan: (cutoffNs, signal) =>
      deletes.run(async () => {
        try {
          await findings.deleteClosedBefore(cutoffNs);
          return await deleteProfilesOlderThan(connection, cutoffNs, signal);
        } finally {
          // Also when it failed: stacks may be gone already.
          announced.clear();
        }
      }, signal),
    stats: () => readStats(connection),
    close: async () => {
      await Promise.all([writes.idle(), deletes.idle()]);
      await connection.close();
      release();
    },
  };
}
