import { type MessageKey, message, say } from '../analysis/leaks/telling/sentences.ts';
import { type FindingState, type FindingVerdict, type Incident, OPEN_STATES } from '../model/finding.ts';
import { isoOf, NS_PER_MS } from '../model/time-range.ts';
import type { FindingRow, LedgerRow } from '../store/profile-store.ts';
import type { Finding } from '../wire/api.ts';

/** A finding as the ledger keeps it: what the API answers, the site keys that it is known by, and whether it ever was a leak. */
export interface LedgerFinding extends Finding {
  readonly siteKeys: readonly string[];
  readonly wasLeak: boolean;
}

/** What a finding has beyond the incident it was last seen as. */
interface Standing {
  readonly id: string;
  readonly service: string;
  readonly state: FindingState;
  readonly verdict: FindingVerdict;
  readonly firstSeen: string;
  readonly growingSince: string;
  readonly closedBecause: string | null;
  readonly wasLeak: boolean;
}

export function newFinding(id: string, incident: Incident, service: string, nowMs: number): LedgerFinding {
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

/** What a known finding becomes. One that is held as a leak is spoken of as one, with the figures of now. */
export function continued(before: LedgerFinding, incident: Incident, isHeld: boolean): LedgerFinding {
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
  if (!isHeld && sinceMs === incident.growingSinceMs) return finding;
  const { headline, lead } = incident.messages;
  const ageMs = incident.lastPointMs - sinceMs;
  const messages = {
    headline: message(isHeld ? leakHeadlineOf(incident) : (headline.key as MessageKey), { ...headline.params, ageMs }),
    lead: message(lead.key as MessageKey, isHeld ? { ...lead.params, doubt: null } : lead.params),
  };
  const words = { messages, headline: say(messages.headline), lead: say(messages.lead) };
  return { ...finding, ...words, score: isHeld ? before.score : finding.score };
}

function leakHeadlineOf({ waitState }: Incident): MessageKey {
  return waitState === null ? 'headline.leak.memory' : 'headline.leak.goroutines';
}

/** Growth reopens what was closed: a leak that is one again has `regressed`, anything else is merely open. */
function stateAfter(before: LedgerFinding, incident: Incident): FindingState {
  if (before.state !== 'closed') return before.state;
  return before.wasLeak && incident.verdict === 'leak' ? 'regressed' : 'open';
}

export function isOpen({ state }: Finding): boolean {
  return OPEN_STATES.includes(state);
}

function findingOf(incident: Incident, standing: Standing): LedgerFinding {
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
  const updatedNs = BigInt(Math.round(updatedMs)) * NS_PER_MS;
  return { id, service, state, verdict, updatedNs, finding: JSON.stringify(finding), evidence };
}

/** Rows are written by `rowOf` only; the columns win, because other parts may write a new state. */
export function findingIn(row: FindingRow): LedgerFinding {
  const finding = JSON.parse(row.finding) as LedgerFinding;
  return { ...finding, state: row.state as FindingState, verdict: row.verdict as FindingVerdict };
}
