import { type ClickHouseClient, createClient } from '@clickhouse/client';
import { drainPending, Session } from 'chdb';
import { type ChdbConnection, createChdbConnection } from 'chdb/connection';
import { problem } from '../base/problem.ts';
import { createSemaphore, type Lane } from './semaphore.ts';
import type { Sql } from './sql.ts';

export type Table = 'profiles' | 'series' | 'stacks' | 'findings' | 'migrations';

/** Where questions go. */
export interface Source {
  /** Runs a SELECT when its turn has come; answers rows in RowBinary. Throws queryTimeout, queryMemory, storeBusy. */
  select(statement: Sql): Promise<Uint8Array>;
}

/** What the store needs of a ClickHouse, wherever it runs. */
export interface Connection extends Source {
  /**
   * One that begins no statement once `signal` is aborted, but throws what it was aborted with. `short`: its statements
   * read no profiles, and go ahead of those that do.
   */
  until(signal: AbortSignal | undefined, lane?: Lane): Source;
  /** Runs a SELECT over system tables at once, whatever queries run. It must have no parameters. */
  inspect(statement: Sql): Promise<Uint8Array>;
  /** Runs DDL, or orders a mutation, which then goes on in the background. Without time limit. */
  command(statement: Sql): Promise<void>;
  /**
   * Inserts rows of TabSeparated text in one block a partition, so that rows of one partition appear together or not
   * at all. `rows` must not change until it resolves.
   */
  insert(table: Table, columns: readonly string[], rows: Uint8Array): Promise<void>;
  /** Waits for what runs, then releases the directory. */
  close(): Promise<void>;
}

export interface ConnectionLimits {
  readonly queryTimeoutMs: number;
}

/** Memory that one query may take before it fails with queryMemory. */
const QUERY_MEMORY_BYTES = 1024 * 1024 * 1024;
/** Above this much state a GROUP BY or a sort goes to disk instead. */
const SPILL_BYTES = 256 * 1024 * 1024;

/** Statements that wait in a lane behind the one that runs; each waits for one at a time, so this many callers. */
export const MAX_WAITING = 256;

/**
 * Settings of the engine. Caches start empty and grow to these sizes; the defaults (5 GiB of marks alone) are meant
 * for a machine of its own. System logs are off in the embedded engine.
 */
const ENGINE_ARGUMENTS = [
  '--mark_cache_size=16777216',
  '--index_mark_cache_size=4194304',
  '--uncompressed_cache_size=0',
  '--index_uncompressed_cache_size=0',
  '--mmap_cache_size=0',
  '--query_condition_cache_size=4194304',
  '--primary_index_cache_size=16777216',
  '--background_pool_size=2',
  '--background_schedule_pool_size=4',
  '--background_common_pool_size=2',
  '--background_move_pool_size=1',
  '--background_fetches_pool_size=1',
];

const INSERT_SETTINGS = {
  // One insert may hold a history of any number of days.
  max_partitions_per_insert_block: 0,
  // One parser and one block: an upload's rows are never split over two parts.
  input_format_parallel_parsing: 0,
  max_insert_block_size: 1_000_000_000,
  async_insert: 0,
} as const;

const TIMEOUT_EXCEEDED = '159';
const MEMORY_LIMIT_EXCEEDED = '241';

/**
 * ClickHouse inside this process, through `chdb`. The only code that knows it; the rest speaks through
 * `@clickhouse/client`, which reaches a server just as well.
 *
 * chdb runs one statement at a time per connection, and one with parameters at a time per process. Hence a connection
 * for reading, one for inserts (which carry no parameters and so never wait for a query) and one for maintenance and
 * system tables, and a semaphore of one for queries, which ClickHouse itself spreads over the cores.
 */
export async function openEmbedded(directory: string, limits: ConnectionLimits): Promise<Connection> {
  // The first session of a directory sets the engine up; the client's connections join it.
  const engine = new Session(directory, { connectionArgs: ENGINE_ARGUMENTS });
  const writing = createChdbConnection({ path: directory });
  const writer = clientOn(writing);
  const reader = clientOn(createChdbConnection({ path: directory }));
  const maintainer = clientOn(createChdbConnection({ path: directory }));
  const reading = createSemaphore({ permits: 1, maxWaiting: MAX_WAITING });
  const close = async (): Promise<void> => {
    await reading.idle();
    await reader.close();
    await writer.close();
    await maintainer.close();
    engine.close();
    await drainPending();
  };

  const until = (signal: AbortSignal | undefined, lane: Lane = 'long'): Source => ({
    select: (statement) =>
      reading.run(() => translateErrors(limits, () => run(reader, statement, ' FORMAT RowBinary')), signal, lane),
  });

  try {
    await limit(reader, limits);
    // By default the engine waits for a mutation, which nothing could interrupt.
    await maintainer.command({ query: 'SET mutations_sync = 0' });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    select: until(undefined, 'short').select,
    until,
    inspect: (statement) => run(maintainer, statement, ' FORMAT RowBinary'),
    command: async (statement) => {
      await run(maintainer, statement, '');
    },
    insert: async (table, columns, rows) => {
      await writing.chdb.rawInsert({
        table: `leakscope.${table}`,
        columns,
        values: rows,
        format: 'TSV',
        settings: INSERT_SETTINGS,
      });
    },
    close,
  };
}

async function limit(reader: ClickHouseClient, limits: ConnectionLimits): Promise<void> {
  for (const [name, value] of Object.entries({
    max_execution_time: limits.queryTimeoutMs / 1000,
    max_memory_usage: QUERY_MEMORY_BYTES,
    max_bytes_before_external_group_by: SPILL_BYTES,
    max_bytes_before_external_sort: SPILL_BYTES,
    max_threads: 2,
    // Most statements are over before compiled code pays for its compilation.
    compile_expressions: 0,
    compile_aggregate_expressions: 0,
  })) {
    await reader.command({ query: `SET ${name} = ${value}` });
  }
}

type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

/** The types of chdb and of the client are two copies of one interface; private fields in them keep them apart. */
function clientOn(connection: ChdbConnection): ClickHouseClient {
  return createClient({ connection: connection as unknown as ClientConnection });
}

/** `exec`, because the client's `query` knows no binary formats. */
async function run(client: ClickHouseClient, statement: Sql, format: string): Promise<Uint8Array> {
  const { text, parameters } = statement.render();
  const { stream } = await client.exec({ query: text + format, query_params: parameters });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

async function translateErrors<T>(limits: ConnectionLimits, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    // Not by class: the client and chdb each carry their own copy of ClickHouseError.
    const { code } = error as { code?: unknown };
    if (code === TIMEOUT_EXCEEDED) throw problem('queryTimeout', { limitMs: limits.queryTimeoutMs }, error);
    if (code === MEMORY_LIMIT_EXCEEDED) throw problem('queryMemory', { limitBytes: QUERY_MEMORY_BYTES }, error);
    throw error;
  }
}
