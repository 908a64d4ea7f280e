import type { FindingState, FindingVerdict, Incident } from '../model/finding.ts';
import type { LedgerRow } from '../store/profile-store.ts';
import type { Finding } from '../wire/api.ts';

/** A finding as the ledger keeps it: what the API answers, the site keys that it is known by, and whether it ever was a leak. */
export interface LedgerFinding extends Finding {
  readonly siteKeys: readonly string[];
  readonly wasLeak: boolean;
}

/** What a finding has beyond the incident it was last seen as. */
export interface Standing {
  readonly id: string;
  readonly service: string;
  readonly state: FindingState;
  readonly verdict: FindingVerdict;
  readonly firstSeen: string;
  readonly growingSince: string;
  readonly closedBecause: string | null;
  readonly wasLeak: boolean;
}

export function findingOf(incident: Incident, standing: Standing): LedgerFinding {
  const { version, kind, score, headline, lead, messages, levelledOff, instances, siteKeys } = incident;
  const { site, waitState, spawn, allocation, culprit, rate, reasons } = incident;
  return {
    ...standing,
    version,
    kind,
    score,
    headline,
    lead,
    messages,
    lastSeen: isoOf(incident.lastPointMs),
    levelledOff,
    instances,
    site,
    waitState,
    spawn,
    allocation,
    culprit,
    rate,
    reasons,
    siteKeys,
  };
}

export function rowOf(finding: LedgerFinding, evidence: string, updatedMs: number): LedgerRow {
  const { id, service, state, verdict } = finding;
  const updatedNs = BigInt(Math.round(updatedMs)) * 1_000_000n;
  return { id, service, state, verdict, updatedNs, finding: JSON.stringify(finding), evidence };
}

/** Rows are written by `rowOf` only; the columns win, because other parts may write a new state. */
export function findingIn(row: LedgerRow): LedgerFinding {
  const finding = JSON.parse(row.finding) as LedgerFinding;
  return { ...finding, state: row.state as FindingState, verdict: row.verdict as FindingVerdict };
}

export function isoOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
