import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Connection, openEmbedded } from '../../src/store/connection.ts';
import { deleteProfilesOlderThan } from '../../src/store/retention.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { type Sql, sql } from '../../src/store/sql.ts';
import { temporaryDirectory } from './store-support.ts';

/** What deleting does while the engine rewrites parts: a rewriting of the test's own is under way before it. */

const DAY = 86_400_000_000_000n;
/** Within a day, so that parts are to be rewritten. */
const CUTOFF_NS = 2n * DAY + 1n;

let directory: ReturnType<typeof temporaryDirectory>;
let connection: Connection;

beforeEach(async () => {
  directory = temporaryDirectory();
  connection = await openEmbedded(directory.path, { queryTimeoutMs: 10_000 });
  await migrate(connection, directory.path, 0);
  const row = Buffer.from(`a\tb\t5\t${5n * DAY}\t${5n * DAY}\n`);
  await connection.insert('series', ['tenant', 'service', 'day', 'first_ns', 'last_ns'], row);
});

afterEach(async () => {
  await connection.command(sql`KILL MUTATION WHERE database = 'leakscope'`);
  await connection.close();
  directory.remove();
});

/** Takes two seconds, then fails if `fails` is 1. */
function rewriteSlowly(fails: Sql): Promise<void> {
  return connection.command(sql`
    ALTER TABLE leakscope.series UPDATE labels = map('a', toString(throwIf(sleepEachRow(2) = 0 AND ${fails}, 'no space')))
    WHERE 1`);
}

test('fails when rewriting fails, whatever else is done', async () => {
  await rewriteSlowly(sql`1`);
  const failure = /^deleting old profiles failed: .*no space/s;
  await expect(deleteProfilesOlderThan(connection, CUTOFF_NS)).rejects.toThrow(failure);
});

test('stops waiting when it is aborted', async () => {
  await rewriteSlowly(sql`0`);
  const aborting = new AbortController();
  const deleted = deleteProfilesOlderThan(connection, CUTOFF_NS, aborting.signal);
  aborting.abort(new Error('stopping'));
  await expect(deleted).rejects.toThrow('stopping');
});
