import type { ServiceJudgement } from '../analysis/leaks/judge-service.ts';
import type { FindingState, Incident } from '../model/finding.ts';
import type { LedgerRow, ProfileStore } from '../store/profile-store.ts';
import { findingIn, findingOf, isoOf, type LedgerFinding, rowOf } from './finding.ts';

/** Evaluations in a row without the incident after which its finding closes or, explained away, is only watched. */
const EVALUATIONS_WITHOUT = 2;
/** Score below which growth is explained (load, an old level, …) and no longer speaks for a leak. */
const LIKELY_SCORE = 45;
/** A finding whose words did not change is written again after this long at the earliest, with its new curves. */
const REWRITE_MS = 10_000;

/**
 * Findings over time. A finding is known by its service and site keys; its id is decimal, increases, and never
 * changes. Only `open`, `regressed` and `closed` are set here: other states are people's, and are kept.
 */
export interface Ledger {
  /** Records what a judgement says of its service. */
  record(judgement: ServiceJudgement, nowMs: number): Promise<void>;
}

interface Entry {
  readonly finding: LedgerFinding;
  readonly evidence: string;
  readonly updatedMs: number;
}

export async function openLedger(
  store: Pick<ProfileStore, 'findings' | 'putFindings'>,
  tenant: string,
): Promise<Ledger> {
  const stored = await store.findings(tenant);
  let lastId = stored.reduce((max, row) => (BigInt(row.id) > max ? BigInt(row.id) : max), 0n);
  /** Evaluations in a row without, and explained away; by id. A restart of the server begins anew. */
  const without = new Map<string, number>();

  const count = (id: string): number => {
    const evaluations = (without.get(id) ?? 0) + 1;
    without.set(id, evaluations);
    return evaluations;
  };

  /** A leak stays one while it grows: a doubt does not take it back, an explanation does when it is seen twice. */
  function isHeld(before: LedgerFinding, incident: Incident): boolean {
    if (before.state === 'closed' || before.verdict !== 'leak' || incident.verdict === 'leak') return false;
    return incident.score >= LIKELY_SCORE || count(before.id) < EVALUATIONS_WITHOUT;
  }

  async function record(judgement: ServiceJudgement, nowMs: number): Promise<void> {
    const { service, incidents } = judgement;
    const entries = (await store.findings(tenant, service)).map(entryOf);
    const free = new Set(entries);
    const rows: LedgerRow[] = [];
    for (const incident of incidents) {
      const [entry, ...merged] = matching(free, incident);
      const finding =
        entry === undefined
          ? newFinding(String(++lastId), incident, service, nowMs)
          : continued(entry.finding, incident, isHeld(entry.finding, incident));
      if (incident.verdict === 'leak' || incident.score >= LIKELY_SCORE) without.delete(finding.id);
      if (entry) free.delete(entry);
      for (const other of merged) {
        free.delete(other);
        rows.push(closedRow(other, `It is one with finding ${finding.id}.`, nowMs));
      }
      if (entry === undefined || isNews(entry, finding, nowMs))
        rows.push(rowOf(finding, JSON.stringify(incident.evidence), nowMs));
    }
    for (const entry of free) {
      if (!isOpen(entry) || count(entry.finding.id) < EVALUATIONS_WITHOUT) continue;
      without.delete(entry.finding.id);
      rows.push(closedRow(entry, closedBecause(entry, judgement), nowMs));
    }
    if (rows.length > 0) await store.putFindings(tenant, rows);
  }

  return { record };
}

function newFinding(id: string, incident: Incident, service: string, nowMs: number): LedgerFinding {
  return findingOf(incident, {
    id,
    service,
    state: 'open',
    verdict: incident.verdict,
    firstSeen: isoOf(nowMs),
    growingSince: isoOf(incident.growingSinceMs),
    closedBecause: null,
    wasLeak: incident.verdict === 'leak',
  });
}

/** What a known finding becomes. One that is held as a leak keeps the words that it was called with. */
function continued(before: LedgerFinding, incident: Incident, isHeld: boolean): LedgerFinding {
  const isClosed = before.state === 'closed';
  const sinceMs = Math.min(
    incident.growingSinceMs,
    isClosed ? Number.POSITIVE_INFINITY : Date.parse(before.growingSince),
  );
  const finding = findingOf(incident, {
    id: before.id,
    service: before.service,
    state: stateAfter(before, incident),
    verdict: isHeld ? 'leak' : incident.verdict,
    firstSeen: before.firstSeen,
    growingSince: isoOf(sinceMs),
    closedBecause: null,
    wasLeak: before.wasLeak || incident.verdict === 'leak',
  });
  const { headline, lead, messages, score } = before;
  return isHeld ? { ...finding, headline, lead, messages, score } : finding;
}

/** Growth that is only watched reopens what was closed; it is `regressed` once it is a leak again. */
function stateAfter(before: LedgerFinding, incident: Incident): FindingState {
  const isLeakAgain = before.wasLeak && incident.verdict === 'leak';
  if (before.state === 'closed') return isLeakAgain ? 'regressed' : 'open';
  return before.state === 'open' && before.verdict === 'watch' && isLeakAgain ? 'regressed' : before.state;
}

function entryOf(row: LedgerRow): Entry {
  return { finding: findingIn(row), evidence: row.evidence, updatedMs: Number(row.updatedNs / 1_000_000n) };
}

/** Entries that share a site with the incident: those still open first, the oldest first; closed ones only if none is. */
function matching(free: ReadonlySet<Entry>, incident: Incident): readonly Entry[] {
  const keys = new Set(incident.siteKeys);
  const all = [...free].filter(({ finding }) => finding.siteKeys.some((key) => keys.has(key)));
  const byAge = (a: Entry, b: Entry) => (BigInt(a.finding.id) < BigInt(b.finding.id) ? -1 : 1);
  const alive = all.filter(({ finding }) => finding.state !== 'closed').sort(byAge);
  return alive.length > 0 ? alive : all.sort(byAge).slice(0, 1);
}

function isOpen({ finding }: Entry): boolean {
  return finding.state === 'open' || finding.state === 'regressed';
}

function isNews({ finding: before, updatedMs }: Entry, after: LedgerFinding, nowMs: number): boolean {
  const isSame =
    before.state === after.state &&
    before.verdict === after.verdict &&
    before.kind === after.kind &&
    before.levelledOff === after.levelledOff &&
    before.version === after.version &&
    before.instances === after.instances;
  return !isSame || nowMs - updatedMs >= REWRITE_MS;
}

function closedRow({ finding, evidence }: Entry, because: string, nowMs: number): LedgerRow {
  return rowOf({ ...finding, state: 'closed', closedBecause: because }, evidence, nowMs);
}

function closedBecause({ finding }: Entry, judgement: ServiceJudgement): string {
  const why = finding.siteKeys.map((key) => judgement.ruledOut.get(key)).find((text) => text !== undefined);
  return why === undefined ? 'The site is no longer seen.' : `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
}
