import { type Sql, sql } from '../sql.ts';

/**
 * The first tables. `docs/storage.md` explains each column. Days are whole days since the epoch in UTC; every table
 * with data of a day is partitioned by it, so that retention drops files and rewrites none.
 *
 * `old_parts_lifetime`: seconds for which the inputs of a merge stay on disk. Merges are not fsynced, so the inputs must
 * outlive the kernel's own write-back (35 s by default); the engine's default of 480 s is longer than deletion should
 * take. The `cleanup_delay` periods, in seconds, say how often an idle table looks for them (default: up to 300).
 */
export const statements: readonly Sql[] = [
  sql`CREATE TABLE IF NOT EXISTS leakscope.profiles (
    tenant LowCardinality(String) CODEC(ZSTD(1)),
    service LowCardinality(String) CODEC(ZSTD(1)),
    profile_type LowCardinality(String) CODEC(ZSTD(1)),
    series_id UInt64 CODEC(ZSTD(1)),
    average_id UInt64 CODEC(ZSTD(1)),
    segment_id UInt64 CODEC(ZSTD(1)),
    time_ns Int64 CODEC(Delta, ZSTD(1)),
    duration_ns Int64 CODEC(ZSTD(1)),
    period Int64 CODEC(ZSTD(1)),
    total Int64 CODEC(ZSTD(1)),
    stacks Array(UInt64) CODEC(ZSTD(3)),
    values Array(Int64) CODEC(ZSTD(3))
  ) ENGINE = MergeTree
  PARTITION BY intDiv(time_ns, 86400000000000)
  ORDER BY (tenant, service, profile_type, series_id, time_ns)
  SETTINGS old_parts_lifetime = 120, cleanup_delay_period = 30, max_cleanup_delay_period = 60`,

  sql`CREATE TABLE IF NOT EXISTS leakscope.series (
    tenant LowCardinality(String),
    service LowCardinality(String),
    day Int64,
    profile_type LowCardinality(String),
    series_id UInt64,
    average_id SimpleAggregateFunction(any, UInt64),
    segment_id SimpleAggregateFunction(any, UInt64),
    instance SimpleAggregateFunction(any, String),
    version SimpleAggregateFunction(any, String),
    session SimpleAggregateFunction(any, String),
    labels SimpleAggregateFunction(any, Map(String, String)),
    first_ns SimpleAggregateFunction(min, Int64),
    last_ns SimpleAggregateFunction(max, Int64)
  ) ENGINE = AggregatingMergeTree
  PARTITION BY day
  ORDER BY (tenant, service, day, profile_type, series_id)
  SETTINGS old_parts_lifetime = 120, cleanup_delay_period = 30, max_cleanup_delay_period = 60`,

  sql`CREATE TABLE IF NOT EXISTS leakscope.stacks (
    tenant LowCardinality(String),
    service LowCardinality(String),
    day Int64,
    stack_id UInt64,
    functions Array(LowCardinality(String)) CODEC(ZSTD(3)),
    files Array(LowCardinality(String)) CODEC(ZSTD(3)),
    lines Array(Int32) CODEC(ZSTD(3))
  ) ENGINE = ReplacingMergeTree
  PARTITION BY day
  ORDER BY (tenant, service, day, stack_id)
  SETTINGS old_parts_lifetime = 120, cleanup_delay_period = 30, max_cleanup_delay_period = 60`,

  sql`CREATE TABLE IF NOT EXISTS leakscope.findings (
    tenant LowCardinality(String),
    id String,
    revision UInt64,
    service String,
    state LowCardinality(String),
    verdict LowCardinality(String),
    updated_ns Int64,
    finding String CODEC(ZSTD(3)),
    evidence String CODEC(ZSTD(3))
  ) ENGINE = ReplacingMergeTree(revision)
  ORDER BY (tenant, id)
  SETTINGS old_parts_lifetime = 120, cleanup_delay_period = 30, max_cleanup_delay_period = 60`,
];
