import type { Connection } from './connection.ts';
import type { FindingFilter, FindingRow, LedgerRow } from './profile-store.ts';
import { type RowBinaryReader, readRows } from './row-binary.ts';
import { int64, type Sql, sql, string, strings } from './sql.ts';
import { TsvWriter } from './tsv.ts';

/** The table of findings: every write is a new row, and the newest of an id counts. */
export interface FindingTable {
  all(tenant: string, filter: FindingFilter): Promise<readonly FindingRow[]>;
  one(tenant: string, id: string): Promise<LedgerRow | undefined>;
  put(tenant: string, rows: readonly LedgerRow[]): Promise<void>;
  /**
   * Deletes findings of all tenants that were closed before the cutoff, with their evidence. The highest id of a tenant
   * stays, so that none is given twice. Resolves when the engine has taken the order.
   */
  deleteClosedBefore(cutoffNs: bigint): Promise<void>;
}

/** `revision` goes on from the highest stored one, so that "newest" does not depend on a clock. */
export async function openFindings(connection: Connection): Promise<FindingTable> {
  const stored = await connection.select(sql`SELECT max(revision) FROM leakscope.findings`);
  let revision = readRows(stored, (row) => row.uint64())[0] ?? 0n;

  return {
    all: async (tenant, filter) => {
      const rows = await connection.select(sql`
        SELECT id, service, state, verdict, updated_ns, finding FROM leakscope.findings FINAL
        WHERE tenant = ${string(tenant)} AND ${passing(filter)} ORDER BY id`);
      return readRows(rows, readFinding);
    },
    one: async (tenant, id) => {
      const rows = await connection.select(sql`
        SELECT id, service, state, verdict, updated_ns, finding, evidence FROM leakscope.findings FINAL
        WHERE tenant = ${string(tenant)} AND id = ${string(id)}`);
      return readRows(rows, (row) => ({ ...readFinding(row), evidence: row.string() }))[0];
    },
    put: async (tenant, rows) => {
      if (rows.length === 0) return;
      const writer = new TsvWriter();
      for (const row of rows) {
        for (const text of [tenant, row.id, row.service, row.state, row.verdict, row.finding, row.evidence]) {
          writer.text(text);
          writer.tab();
        }
        writer.integer(row.updatedNs);
        writer.tab();
        writer.integer(++revision);
        writer.endRow();
      }
      await connection.insert('findings', COLUMNS, writer.bytes());
    },
    deleteClosedBefore: (cutoffNs) => deleteClosedBefore(connection, cutoffNs, revision),
  };
}

const COLUMNS = ['tenant', 'id', 'service', 'state', 'verdict', 'finding', 'evidence', 'updated_ns', 'revision'];

function passing({ service, states, verdict }: FindingFilter): Sql {
  return sql`${service === undefined ? sql`1` : sql`service = ${string(service)}`}
    AND ${states === undefined ? sql`1` : sql`state IN ${strings(states)}`}
    AND ${verdict === undefined ? sql`1` : sql`verdict = ${string(verdict)}`}`;
}

/** Older rows of a finding go with its newest one; rows that are written meanwhile have a higher revision, and stay. */
async function deleteClosedBefore(connection: Connection, cutoffNs: bigint, revision: bigint): Promise<void> {
  const rows = await connection.select(sql`
    SELECT tenant, id FROM leakscope.findings FINAL
    WHERE state = 'closed' AND updated_ns < ${int64(cutoffNs)} AND (tenant, toUInt64(id)) NOT IN (
      SELECT tenant, max(toUInt64(id)) FROM leakscope.findings GROUP BY tenant)
    ORDER BY tenant`);
  const idsOf = new Map<string, string[]>();
  for (const { tenant, id } of readRows(rows, (row) => ({ tenant: row.string(), id: row.string() }))) {
    idsOf.set(tenant, [...(idsOf.get(tenant) ?? []), id]);
  }
  for (const [tenant, ids] of idsOf) {
    await connection.command(sql`ALTER TABLE leakscope.findings DELETE
      WHERE tenant = ${string(tenant)} AND id IN ${strings(ids)} AND revision <= ${int64(revision)}`);
  }
}

function readFinding(row: RowBinaryReader): FindingRow {
  return {
    id: row.string(),
    service: row.string(),
    state: row.string(),
    verdict: row.string(),
    updatedNs: row.int64(),
    finding: row.string(),
  };
}
