import type { Evidence } from '../model/finding.ts';
import { NS_PER_MS } from '../model/time-range.ts';
import type { FindingFilter, FindingRow, ProfileStore } from '../store/profile-store.ts';
import type { Finding } from '../wire/api.ts';
import { findingIn } from './finding.ts';

/** The ledger as others see it. */
export interface FindingReader {
  /** Findings that pass the filter: leaks before watched growth, then by score, then the longest growing, then by id. */
  findings(filter: FindingFilter): Promise<readonly Finding[]>;
  /** One finding with what it was written with, `updatedMs` after the epoch; undefined for an unknown id. */
  finding(id: string): Promise<CaseFile | undefined>;
}

export interface CaseFile {
  readonly finding: Finding;
  readonly evidence: Evidence;
  readonly updatedMs: number;
}

export function readFindings(store: Pick<ProfileStore, 'findings' | 'finding'>, tenant: string): FindingReader {
  return {
    findings: async (filter) => (await store.findings(tenant, filter)).map(answerOf).sort(byUrgency),
    finding: async (id) => {
      const row = await store.finding(tenant, id);
      if (row === undefined) return undefined;
      const evidence = JSON.parse(row.evidence) as Evidence;
      return { finding: answerOf(row), evidence, updatedMs: Number(row.updatedNs / NS_PER_MS) };
    },
  };
}

function byUrgency(a: Finding, b: Finding): number {
  return (
    weightOf(b) - weightOf(a) ||
    b.score - a.score ||
    Date.parse(a.growingSince) - Date.parse(b.growingSince) ||
    (BigInt(a.id) < BigInt(b.id) ? -1 : 1)
  );
}

function weightOf({ verdict }: Finding): number {
  return verdict === 'leak' ? 1 : 0;
}

/** Without what only the ledger needs. */
function answerOf(row: FindingRow): Finding {
  const { siteKeys: _, wasLeak: __, ...finding } = findingIn(row);
  return finding;
}
