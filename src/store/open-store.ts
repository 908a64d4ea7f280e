import { createAnnounced } from './announced.ts';
import { appendUploads } from './append.ts';
import { type Connection, openEmbedded } from './connection.ts';
import { openFindings } from './findings.ts';
import { createGate } from './gate.ts';
import { readHistory } from './history.ts';
import { readLabelNames, readLabelValues, readProfileTypes, readSeries } from './label-queries.ts';
import { engineRefusal, lockDirectory } from './lock.ts';
import { mergeStacks } from './merge-stacks.ts';
import type { ProfileStore } from './profile-store.ts';
import { deleteProfilesOlderThan } from './retention.ts';
import { migrate } from './schema/migrate.ts';
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
  const writes = createGate(1);
  const deletes = createGate(1);
  return {
    append: (uploads) => writes.run(() => appendUploads(connection, announced, uploads)),
    profileTypes: (query) => readProfileTypes(connection, query),
    labelNames: (query) => readLabelNames(connection, query),
    labelValues: (query, name) => readLabelValues(connection, query, name),
    series: (query, labelNames) => readSeries(connection, query, labelNames),
    mergeStacks: (query) => mergeStacks(connection, query),
    timeline: (query) => readTimeline(connection, query),
    services: (tenant, range) => readServices(connection, tenant, range),
    history: (query) => readHistory(connection, query),
    findings: (tenant, filter = {}) => findings.all(tenant, filter),
    finding: (tenant, id) => findings.one(tenant, id),
    putFindings: (tenant, rows) => writes.run(() => findings.put(tenant, rows)),
    deleteOlderThan: (cutoffNs) =>
      deletes.run(async () => {
        await findings.deleteClosedBefore(cutoffNs);
        const count = await deleteProfilesOlderThan(connection, cutoffNs);
        announced.clear();
        return count;
      }),
    stats: (tenant) => readStats(connection, tenant),
    close: async () => {
      await Promise.all([writes.idle(), deletes.idle()]);
      await connection.close();
      release();
    },
  };
}
