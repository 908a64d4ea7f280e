import { formatDuration, formatExactCount } from '../../base/units.ts';
import type { Incident, Judgement } from '../../model/finding.ts';
import type { ServiceHistory } from '../../model/history.ts';
import { type Examined, examine } from './examine.ts';
import { type Group, groupsOf, levelOf, stoppedAt } from './group.ts';
import { type Lifetime, lifetimesOf, liveLifetimes, silenceS } from './lifetimes.ts';
import { proofsOf } from './proof.ts';
import { readStacks } from './stack-facts.ts';
import { incidentOf } from './telling/incident.ts';
import { clock } from './telling/sentences.ts';
import { THRESHOLDS } from './thresholds.ts';
import { lifetimeS } from './trial.ts';

export interface JudgeOptions {
  /** Growth younger than this is `watch`; see docs/leak-detection.md for the exceptions. */
  readonly minAgeMs: number;
  readonly nowMs: number;
  /** Site keys of findings that are leaks: what has levelled off stays one, but growth that ended makes none. */
  readonly leaks?: ReadonlySet<string>;
}

/** A judgement with what the ledger needs to close a finding: why sites that were looked at are no incident. */
export interface ServiceJudgement extends Judgement {
  /** Site key -> sentence, for sites that still exist or grew and do not pass. */
  readonly ruledOut: ReadonlyMap<string, string>;
  /** Median time between two profiles of the processes that send now, ms; 0 where not known. */
  readonly stepMs: number;
}

/** Judges every site of a service: pure, the same history and options give the same answer. */
export function judgeService(history: ServiceHistory, options: JudgeOptions): ServiceJudgement {
  const lifetimes = lifetimesOf(history.segments);
  if (lifetimes.length === 0) {
    const note = 'No goroutine or in-use memory profile arrives; either one is enough to find leaks.';
    const nothing = { incidents: [], ruledOut: new Map(), stepMs: 0 };
    return { service: history.service, verdict: 'nodata', note, isSilent: false, ...nothing };
  }
  const minAgeS = options.minAgeMs / 1000;
  const live = liveLifetimes(lifetimes);
  const reporting = new Set([...live, ...standIns(lifetimes, live, minAgeS)]);
  const facts = readStacks(history.stacks);
  const all = lifetimes.map((lifetime) => examine(lifetime, facts, minAgeS));
  const proofs = live.flatMap((lifetime) => proofsOf(lifetime, facts));
  const context = { service: history.service, all, reporting, live: new Set(live), facts, nowMs: options.nowMs };
  const incidents = groupsOf(all, reporting, proofs, minAgeS)
    .filter((group) => isIncident(group, options.leaks))
    .map((group) => incidentOf(group, context))
    .sort(byUrgency);
  const stepMs = Math.max(...live.map((lifetime) => lifetime.stepS)) * 1000;
  const status = statusOf(live, incidents, options.nowMs);
  return { service: history.service, ...status, incidents, ruledOut: ruledOutIn(all, reporting), stepMs };
}

/** What was proven, or grows; what has grown only where it was a leak and is one by the same rules still. */
function isIncident(group: Group, leaks: ReadonlySet<string> | undefined): boolean {
  if (group.proofs.length > 0) return true;
  if (!group.members.some((member) => member.isJudged)) return false;
  if (stoppedAt(group) === null) return true;
  return levelOf(group) === 'leak' && (leaks === undefined || group.keys.some((key) => leaks.has(key)));
}

/** Leaks first, then by score, then by the bytes and goroutines that they gain. */
function byUrgency(a: Incident, b: Incident): number {
  if (a.verdict !== b.verdict) return a.verdict === 'leak' ? -1 : 1;
  if (a.levelledOff !== b.levelledOff) return a.levelledOff ? 1 : -1;
  const gain = ({ rate }: Incident) =>
    (rate.bytesPerSecond?.value ?? 0) + (rate.goroutinesPerSecond?.value ?? 0) * GOROUTINE_BYTES;
  return b.score - a.score || gain(b) - gain(a);
}

/** Smallest stack of a goroutine (runtime.stackMin). */
const GOROUTINE_BYTES = 2048;

/**
 * Ended lifetimes that still speak for the service: as long as no process that sends now is old enough to be judged, a
 * restart is no reason to drop what the run before it showed.
 */
function standIns(lifetimes: readonly Lifetime[], live: readonly Lifetime[], minAgeS: number): readonly Lifetime[] {
  const isJudgeable = (lifetime: Lifetime) =>
    lifetimeS(lifetime) >= minAgeS && pointsOf(lifetime) >= THRESHOLDS.leakPoints + THRESHOLDS.warmUpPoints;
  if (live.some(isJudgeable)) return [];
  const ended = lifetimes.filter((lifetime) => !live.includes(lifetime));
  const newestS = Math.max(...ended.map((lifetime) => lifetime.lastS));
  return ended.filter((lifetime) => newestS - lifetime.lastS <= Math.max(minAgeS, silenceS(lifetime)));
}

function pointsOf(lifetime: Lifetime): number {
  return Math.max(lifetime.goroutines?.timesS.length ?? 0, lifetime.inuseSpace?.timesS.length ?? 0);
}

function statusOf(
  live: readonly Lifetime[],
  incidents: readonly Incident[],
  nowMs: number,
): Pick<Judgement, 'verdict' | 'note' | 'isSilent'> {
  const newest = live.reduce((a, b) => (b.lastS > a.lastS ? b : a));
  const agoS = nowMs / 1000 - newest.lastS;
  if (agoS > silenceS(newest))
    return {
      verdict: 'nodata',
      note: `Silent: the last profile came at ${clock(newest.lastS * 1000)}.`,
      isSilent: true,
    };
  if (incidents.length > 0) return { verdict: incidents[0]!.verdict, note: incidents[0]!.headline, isSilent: false };
  const seen = Math.max(...live.map(pointsOf));
  // The warm-up is dropped before counting: max(2, 10 %) of the profiles.
  const needed = THRESHOLDS.minPoints + THRESHOLDS.warmUpPoints;
  if (seen < needed) {
    const first = live.reduce((a, b) => (pointsOf(b) > pointsOf(a) ? b : a));
    const when = first.stepS > 0 ? `, about ${clock((first.firstS + (needed - 1) * first.stepS) * 1000)}` : '';
    const note = `First profile ${ago(nowMs / 1000 - first.firstS)} ago; judged from ${needed} profiles${when}.`;
    return { verdict: 'nodata', note, isSilent: false };
  }
  const instances = new Set(live.map((lifetime) => lifetime.instance)).size;
  const over = formatDuration(1000 * Math.max(...live.map(lifetimeS)));
  const note = `No growth in ${formatExactCount(instances)} ${instances === 1 ? 'instance' : 'instances'} over ${over}.`;
  return { verdict: 'steady', note, isSilent: false };
}

function ago(seconds: number): string {
  return formatDuration(Math.max(0, seconds) * 1000, { units: 1 });
}

const FAILURES = {
  few: 'too few profiles',
  falls: 'it fell',
  small: 'it grew too little',
  noise: 'the growth is inside its noise',
  flattens: 'growth flattened',
  step: 'it was one step',
  tail: 'growth ended',
} as const;

function ruledOutIn(all: readonly Examined[], reporting: ReadonlySet<Lifetime>): ReadonlyMap<string, string> {
  const ruledOut = new Map<string, string>();
  for (const { lifetime, sites, trials } of all) {
    if (!reporting.has(lifetime)) continue;
    for (const site of sites) if (!ruledOut.has(site.key)) ruledOut.set(site.key, 'it no longer grows');
    for (const { site, shape } of trials) if (shape.failure !== null) ruledOut.set(site.key, FAILURES[shape.failure]);
  }
  return ruledOut;
}
