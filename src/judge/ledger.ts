import type { ServiceJudgement } from '../analysis/leaks/judge-service.ts';
import { type Incident, OPEN_STATES } from '../model/finding.ts';
import { NS_PER_MS } from '../model/time-range.ts';
import type { FindingRow, LedgerRow, ProfileStore } from '../store/profile-store.ts';
import { continued, findingIn, isOpen, type LedgerFinding, newFinding, rowOf } from './finding.ts';

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
  /** Sites of what is known as a leak and is not closed. */
  leakSites(service: string): Promise<ReadonlySet<string>>;
  /** Closes what is open of services other than `services`, which are those with profiles in the last 24 h. */
  closeGone(services: ReadonlySet<string>, nowMs: number): Promise<void>;
}

interface Entry {
  readonly finding: LedgerFinding;
  readonly updatedMs: number;
}

export function createLedger(
  store: Pick<ProfileStore, 'findings' | 'finding' | 'putFindings'>,
  tenant: string,
): Ledger {
  let lastId: bigint | undefined;
  /** By id, evaluations in a row that did not have the finding, and that explained it. A restart of the server begins anew. */
  const absent = new Map<string, number>();
  const explained = new Map<string, number>();

  const nextId = async (): Promise<string> => {
    lastId ??= (await store.findings(tenant)).reduce((max, { id }) => (BigInt(id) > max ? BigInt(id) : max), 0n);
    return String(++lastId);
  };

  const closedRow = async (finding: LedgerFinding, because: string, nowMs: number): Promise<LedgerRow> => {
    const row = await store.finding(tenant, finding.id);
    if (row === undefined) throw new Error(`finding ${finding.id} has left the ledger while it was open`);
    return rowOf({ ...finding, state: 'closed', closedBecause: because }, row.evidence, nowMs);
  };

  async function record(judgement: ServiceJudgement, nowMs: number): Promise<void> {
    const { service, incidents } = judgement;
    const free = new Set((await store.findings(tenant, { service })).map(entryOf));
    const rows: LedgerRow[] = [];
    for (const incident of incidents) {
      const [entry, ...merged] = matching(free, incident);
      if (entry === undefined) {
        rows.push(rowOf(newFinding(await nextId(), incident, service, nowMs), evidenceIn(incident), nowMs));
        continue;
      }
      const { id } = entry.finding;
      absent.delete(id);
      count(explained, id, !isLikely(incident));
      const finding = continued(entry.finding, incident, isHeld(entry.finding, incident, explained.get(id) ?? 0));
      if (isNews(entry, finding, nowMs)) rows.push(rowOf(finding, evidenceIn(incident), nowMs));
      for (const other of merged) rows.push(await closedRow(other.finding, `It is one with finding ${id}.`, nowMs));
      for (const one of [entry, ...merged]) free.delete(one);
    }
    for (const { finding } of free) {
      explained.delete(finding.id);
      if (!isOpen(finding) || count(absent, finding.id, true) < EVALUATIONS_WITHOUT) continue;
      absent.delete(finding.id);
      rows.push(await closedRow(finding, closedBecause(finding, judgement), nowMs));
    }
    if (rows.length > 0) await store.putFindings(tenant, rows);
  }

  async function closeGone(services: ReadonlySet<string>, nowMs: number): Promise<void> {
    const open = await store.findings(tenant, { states: OPEN_STATES });
    const rows: LedgerRow[] = [];
    for (const row of open) {
      if (services.has(row.service)) continue;
      absent.delete(row.id);
      // Silence mends nothing: what comes back after it is open again, and no regression.
      rows.push(await closedRow({ ...findingIn(row), wasLeak: false }, 'No profiles came for 24 h.', nowMs));
    }
    if (rows.length > 0) await store.putFindings(tenant, rows);
  }

  async function leakSites(service: string): Promise<ReadonlySet<string>> {
    const known = (await store.findings(tenant, { service })).map(findingIn);
    const leaks = known.filter(({ verdict, state }) => verdict === 'leak' && state !== 'closed');
    return new Set(leaks.flatMap(({ siteKeys }) => siteKeys));
  }

  return { record, leakSites, closeGone };
}

/** One more in a row, or the end of the row. */
function count(rows: Map<string, number>, id: string, isOneMore: boolean): number {
  const inARow = isOneMore ? (rows.get(id) ?? 0) + 1 : 0;
  if (inARow === 0) rows.delete(id);
  else rows.set(id, inARow);
  return inARow;
}

/** Up to some hundred kilobytes. */
function evidenceIn({ evidence }: Incident): string {
  return JSON.stringify(evidence);
}

function isLikely({ verdict, score }: Incident): boolean {
  return verdict === 'leak' || score >= LIKELY_SCORE;
}

/** A leak stays one while it grows for certain: a doubt does not take it back, an explanation does when it is seen twice. */
function isHeld(before: LedgerFinding, incident: Incident, explainedInARow: number): boolean {
  const isTakenBack = before.verdict === 'leak' && incident.verdict !== 'leak' && isGrowing(incident);
  return before.state !== 'closed' && isTakenBack && explainedInARow < EVALUATIONS_WITHOUT;
}

/** The interval of a rate is above 0. */
function isGrowing({ rate }: Incident): boolean {
  return [rate.goroutinesPerSecond, rate.bytesPerSecond].some((estimate) => estimate !== null && estimate.low > 0);
}

function entryOf(row: FindingRow): Entry {
  return { finding: findingIn(row), updatedMs: Number(row.updatedNs / NS_PER_MS) };
}

/**
 * Entries that share a site with the incident, the oldest first: all open ones, which become one; if there is none, one
 * that has a state of people's, which never closes by itself; or else a closed one.
 */
function matching(free: ReadonlySet<Entry>, incident: Incident): readonly Entry[] {
  const keys = new Set(incident.siteKeys);
  const all = [...free]
    .filter(({ finding }) => finding.siteKeys.some((key) => keys.has(key)))
    .sort((a, b) => (BigInt(a.finding.id) < BigInt(b.finding.id) ? -1 : 1));
  const open = all.filter(({ finding }) => isOpen(finding));
  if (open.length > 0) return open;
  const one = all.find(({ finding }) => finding.state !== 'closed') ?? all[0];
  return one === undefined ? [] : [one];
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

function closedBecause({ siteKeys }: LedgerFinding, judgement: ServiceJudgement): string {
  const why = siteKeys.map((key) => judgement.ruledOut.get(key)).find((text) => text !== undefined);
  return why === undefined ? 'The site is no longer seen.' : `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
}
