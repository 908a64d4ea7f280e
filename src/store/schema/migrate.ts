import { problem } from '../../base/problem.ts';
import type { Connection } from '../connection.ts';
import { readRows } from '../row-binary.ts';
import { int64, type Sql, sql, string, uint32 } from '../sql.ts';
import { statements as begin } from './001-begin.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly Sql[];
}

/** In order, without gaps; never changed once released. A new one is a new file and a new line here. */
const MIGRATIONS: readonly Migration[] = [{ version: 1, name: 'begin', statements: begin }];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings a directory to this version's schema. A migration is recorded after its last statement, so one that was cut
 * off runs again; its statements must bear that. Throws newerSchema when a newer version wrote the directory.
 */
export async function migrate(connection: Connection, directory: string, nowMs: number): Promise<void> {
  await connection.command(sql`CREATE DATABASE IF NOT EXISTS leakscope`);
  await connection.command(sql`CREATE TABLE IF NOT EXISTS leakscope.migrations (
    version UInt32,
    name String,
    applied_ns Int64
  ) ENGINE = MergeTree ORDER BY version`);

  const rows = await connection.select(sql`SELECT max(version) FROM leakscope.migrations`);
  const found = readRows(rows, (row) => row.uint32())[0] ?? 0;
  if (found > SCHEMA_VERSION) throw problem('newerSchema', { path: directory, found, known: SCHEMA_VERSION });

  for (const { version, name, statements } of MIGRATIONS.slice(found)) {
    for (const statement of statements) await connection.command(statement);
    await connection.command(
      sql`INSERT INTO leakscope.migrations SELECT ${uint32(version)}, ${string(name)}, ${int64(BigInt(nowMs) * 1_000_000n)}`,
    );
  }
}
