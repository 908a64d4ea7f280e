import type { Connection } from './connection.ts';
import type { LedgerRow } from './profile-store.ts';
import { type RowBinaryReader, readRows } from './row-binary.ts';
import { type Sql, sql, string } from './sql.ts';
import { TsvWriter } from './tsv.ts';

/** The ledger of findings: every write is a new row, and the newest of an id counts. */
export interface Ledger {
  all(tenant: string, service?: string): Promise<readonly LedgerRow[]>;
  one(tenant: string, id: string): Promise<LedgerRow | undefined>;
  put(tenant: string, rows: readonly LedgerRow[]): Promise<void>;
}

/** `revision` goes on from the highest stored one, so that "newest" does not depend on a clock. */
export async function openLedger(connection: Connection): Promise<Ledger> {
  const stored = await connection.select(sql`SELECT max(revision) FROM leakscope.findings`);
  let revision = readRows(stored, (row) => row.uint64())[0] ?? 0n;

  const read = async (tenant: string, filter: Sql): Promise<LedgerRow[]> => {
    const rows = await connection.select(sql`
      SELECT id, service, state, verdict, updated_ns, finding, evidence FROM leakscope.findings
      WHERE tenant = ${string(tenant)} AND ${filter}
      ORDER BY id, revision DESC LIMIT 1 BY id`);
    return readRows(rows, readLedgerRow);
  };

  return {
    all: (tenant, service) => read(tenant, service === undefined ? sql`1` : sql`service = ${string(service)}`),
    one: async (tenant, id) => (await read(tenant, sql`id = ${string(id)}`))[0],
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
  };
}

const COLUMNS = ['tenant', 'id', 'service', 'state', 'verdict', 'finding', 'evidence', 'updated_ns', 'revision'];

function readLedgerRow(row: RowBinaryReader): LedgerRow {
  return {
    id: row.string(),
    service: row.string(),
    state: row.string(),
    verdict: row.string(),
    updatedNs: row.int64(),
    finding: row.string(),
    evidence: row.string(),
  };
}
