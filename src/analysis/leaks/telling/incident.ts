import type { Estimate, Evidence, FindingKind, Incident, Message } from '../../../model/finding.ts';
import type { Frame, StackId } from '../../../model/stack.ts';
import type { Examined } from '../examine.ts';
import { medianOfLast3 } from '../gate.ts';
import { type Group, levelOf, type Member, stoppedAt } from '../group.ts';
import { type Lifetime, silenceS } from '../lifetimes.ts';
import { bytesPerGoroutine, rateOf, type SizeEach, sumEstimates } from '../rates.ts';
import type { Level } from '../ruling.ts';
import { type Series, sumOf } from '../series.ts';
import { type StackFacts, sourcePoint } from '../stack-facts.ts';
import { THRESHOLDS } from '../thresholds.ts';
import { allocatingFrame, evidenceOf, type Members, membersIn } from './evidence.ts';
import { judgedAt, reasonsOf } from './reasons.ts';
import { clock, type MessageKey, message, say } from './sentences.ts';

export interface IncidentContext {
  readonly service: string;
  readonly all: readonly Examined[];
  readonly reporting: ReadonlySet<Lifetime>;
  /** Those of them that still send. */
  readonly live: ReadonlySet<Lifetime>;
  readonly facts: ReadonlyMap<StackId, StackFacts>;
  readonly nowMs: number;
}

/** What an incident is made of, worked out once. */
interface View {
  readonly group: Group;
  readonly context: IncidentContext;
  readonly kind: FindingKind;
  readonly head: Member | undefined;
  readonly headFacts: StackFacts;
  /** The stack of the goroutines; null for memory alone. */
  readonly blocked: StackFacts | null;
  readonly memory: readonly Member[];
  /** Stacks of the incident in all lifetimes, and those of the processes it is about now. */
  readonly members: readonly Members[];
  readonly growing: readonly Members[];
  readonly proven: number;
  readonly stoppedS: number | null;
  readonly sinceS: number;
  readonly level: Level;
  readonly rate: Incident['rate'];
  readonly sizeEach: SizeEach | null;
}

function viewOf(group: Group, context: IncidentContext): View {
  const head = headOf(group);
  const memory = group.members.filter((member) => member.trial.site.kind !== 'goroutine');
  const goroutines = group.members.filter((member) => member.trial.site.kind === 'goroutine');
  const hasGoroutines = group.proofs.length > 0 || goroutines.length > 0;
  const kind: FindingKind = !hasGoroutines ? 'heap' : memory.length > 0 ? 'both' : 'goroutine';
  const goroutineHead = head?.trial.site.kind === 'goroutine' ? head : strongest(goroutines);
  const goroutineKey = goroutineHead?.trial.site.key ?? group.proofs[0]?.key ?? null;
  const members = membersIn(context.all, goroutineKey, new Set(memory.map((member) => member.trial.site.key)));
  const own = members.filter(({ lifetime }) => lifetimesIn(group).includes(lifetime));
  const growing = currentOf(own, context);
  const stoppedS = stoppedAt(group);
  const sizeEach = kind === 'both' ? perGoroutine(growing, memory) : null;
  const proven = group.proofs.reduce((sum, proof) => sum + proof.count, 0);
  const onsets = group.members.filter((m) => m.isJudged).map((m) => m.trial.onsetS);
  return {
    group,
    context,
    kind,
    head,
    headFacts: head?.trial.site.facts ?? group.proofs[0]!.facts,
    blocked: goroutineHead?.trial.site.facts ?? group.proofs[0]?.facts ?? null,
    memory,
    members,
    growing,
    proven,
    stoppedS,
    sinceS: Math.min(...onsets, ...sinceProof(group, members)),
    level: proven > 0 ? 'leak' : levelOf(group),
    rate: ratesOf(growing, stoppedS !== null, sizeEach),
    sizeEach,
  };
}

/** One group as the incident that users read. */
export function incidentOf(group: Group, context: IncidentContext): Incident {
  const view = viewOf(group, context);
  const { head, headFacts, blocked, growing, proven, level } = view;
  const evidence = evidenceFor(view);
  const messages = messagesOf(view, evidence);
  const judged = group.members.filter((m) => m.isJudged);
  const memoryFacts = strongest(view.memory)?.trial.site.facts;
  const instances = [...growing.map((m) => m.lifetime.instance), ...group.proofs.map((p) => p.lifetime.instance)];
  return {
    siteKeys: headFirst(group.keys, head?.trial.site.key ?? group.proofs[0]!.key),
    verdict: level === 'leak' ? 'leak' : 'watch',
    kind: view.kind,
    score: proven > 0 ? 100 : Math.max(...judged.map((m) => m.ruling.score)),
    version: newestVersion(group),
    instances: new Set(instances).size,
    headline: say(messages.headline),
    lead: say(messages.lead),
    messages,
    growingSinceMs: Math.round(view.sinceS * 1000),
    lastPointMs: Math.round(1000 * lastPointS(group)),
    site: sourcePoint(siteFrameOf(view)),
    waitState: blocked?.waitState ?? null,
    spawn: blocked === null ? null : spawnOf(blocked),
    allocation: memoryFacts ? sourcePoint(memoryFacts.stack[allocatingFrame(memoryFacts)]) : null,
    culprit: sourcePoint(headFacts.stack[headFacts.culpritFrame]),
    rate: view.rate,
    reasons: [...reasonsOf(group, head), ...instanceReason(growing, context)],
    levelledOff: view.stoppedS !== null,
    evidence,
  };
}

/** The frame that goroutines wait at; for memory alone the one that allocates. */
function siteFrameOf({ blocked, headFacts }: View): Frame | undefined {
  return blocked ? blocked.stack[blocked.siteFrame] : headFacts.stack[allocatingFrame(headFacts)];
}

function evidenceFor(view: View): Evidence {
  const { members, growing, context, blocked, headFacts } = view;
  const known = members.filter((m) => context.live.has(m.lifetime) || growing.includes(m));
  return evidenceOf({
    members,
    current: new Set(currentOf(known, context).map((m) => m.lifetime)),
    facts: context.facts,
    shown: blocked ?? headFacts,
    markedFrame: blocked ? blocked.siteFrame : allocatingFrame(headFacts),
    bytesPerGoroutine: view.sizeEach?.estimate ?? null,
    goroutinesPerSecond: view.rate.goroutinesPerSecond,
    provenGoroutines: view.proven > 0 ? view.proven : null,
  });
}

function messagesOf(view: View, evidence: Evidence): Incident['messages'] {
  const { group, context, head, headFacts, blocked, proven, stoppedS, rate, level } = view;
  const site = siteFrameOf(view);
  const lastS = lastPointS(group);
  const isSilent = context.nowMs / 1000 - lastS > Math.max(...lifetimesIn(group).map(silenceS));
  const shared = {
    waitState: blocked?.waitState ?? null,
    bytesPerSecond: rate.bytesPerSecond?.value ?? null,
    // Tense of the sentence: the time of the last profile where no more come.
    until: isSilent ? clock(lastS * 1000) : null,
    ...sizeParams(view.sizeEach),
  };
  const headline = message(headlineKey(view), {
    ...shared,
    service: context.service,
    function: headFacts.stack[headFacts.culpritFrame]?.function ?? '',
    goroutinesPerSecond: rate.goroutinesPerSecond?.value ?? null,
    goroutinesNow: evidence.goroutinesNow ?? (proven || null),
    provenGoroutines: proven || null,
    stoppedAt: stoppedS === null ? null : clock(stoppedS * 1000),
    ageMs: Math.round(1000 * (lastS - view.sinceS)),
  });
  const isStuck = level === 'leak' && head?.trial.turnover?.has !== true;
  const lead = message(blocked ? 'lead.goroutines' : 'lead.memory', {
    ...shared,
    direction: blocked && networkDirection(blocked),
    spawn: blocked ? (spawnOf(blocked)?.function ?? null) : null,
    siteFunction: site?.function ?? '',
    file: site?.file ?? '',
    line: site?.line ?? 0,
    stuck: isStuck ? 1 : 0,
    bytesNow: evidence.bytesNow,
    doubt: level === 'leak' || head === undefined ? null : doubtOf(group, head),
  });
  return { headline, lead };
}

/** Value where it is certain, else the ends of its interval. */
function sizeParams(size: SizeEach | null): Message['params'] {
  if (size === null) return { bytesPerGoroutine: null };
  const { value, low, high } = size.estimate;
  return size.isWhole
    ? { bytesPerGoroutine: value }
    : { bytesPerGoroutine: value, bytesPerGoroutineLow: low, bytesPerGoroutineHigh: high };
}

/** For goroutines in `IO wait`. */
function networkDirection({ stack }: StackFacts): 'read' | 'write' | null {
  const name = stack.map((frame) => frame.function).find((name) => name.startsWith('internal/poll.(*FD).')) ?? '';
  return name.includes('.Write') ? 'write' : name.includes('.Read') ? 'read' : null;
}

function lastPointS(group: Group): number {
  return Math.max(...lifetimesIn(group).map((lifetime) => lifetime.lastS));
}

/** User code at the blocked frame, then user code elsewhere on the stack, then libraries; among equals goroutines, then by score. */
function headOf(group: Group): Member | undefined {
  const best = levelOf(group);
  const rank = ({ trial, ruling, isJudged }: Member) => {
    const { site } = trial;
    const atFrame =
      site.facts.roles[site.kind === 'goroutine' ? site.facts.siteFrame : allocatingFrame(site.facts)] === 'own';
    const own = site.facts.hasOwnCode ? (atFrame ? 2 : 1) : 0;
    return [
      isJudged ? 1 : 0,
      own,
      site.kind === 'goroutine' ? 1 : 0,
      ruling.level === best ? 1 : 0,
      ruling.score,
      trial.gate.growth,
    ];
  };
  return [...group.members].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((value, i) => value !== right[i]);
    return at === -1 ? 0 : right[at]! - left[at]!;
  })[0];
}

function strongest(members: readonly Member[]): Member | undefined {
  return [...members].sort((a, b) => b.ruling.score - a.ruling.score || b.trial.gate.growth - a.trial.gate.growth)[0];
}

function headlineKey({ level, proven, stoppedS, blocked }: View): MessageKey {
  // Growth that ended without having been a leak is no incident.
  if (stoppedS !== null) return 'headline.levelledOff';
  if (level !== 'leak') return blocked ? 'headline.watch.goroutines' : 'headline.watch.memory';
  if (!blocked) return 'headline.leak.memory';
  return proven > 0 ? 'headline.proven' : 'headline.leak.goroutines';
}

/** The one sentence of why it is not called a leak. */
function doubtOf(group: Group, head: Member): string | null {
  const against = reasonsOf(group, head).filter((reason) => reason.group === 'against');
  const age = against.find((reason) => reason.rule === 'age');
  if (head.ruling.doubts.includes('age')) return `Too short to tell from a warm-up; ${judgedAt(head)}`;
  // That they move says why other rules doubt; it is no doubt by itself.
  const doubts = against.filter((reason) => reason !== age && reason.rule !== 'turnover' && reason.rule !== 'work');
  return (doubts[0] ?? against.find((reason) => reason !== age) ?? age)?.text ?? null;
}

function lifetimesIn(group: Group): readonly Lifetime[] {
  return [...group.members.map((m) => m.trial.lifetime), ...group.proofs.map((p) => p.lifetime)];
}

/** Processes that send now; where none of them has the incident, those that had it last. */
function currentOf(members: readonly Members[], context: IncidentContext): readonly Members[] {
  const live = members.filter(
    ({ lifetime, goroutines, memory }) => context.live.has(lifetime) && (goroutines.size > 0 || memory.size > 0),
  );
  return live.length > 0 ? live : members;
}

function newestVersion(group: Group): string | null {
  const newest = [...lifetimesIn(group)].sort((a, b) => b.lastS - a.lastS || b.firstS - a.firstS)[0];
  return newest?.version || null;
}

const NO_GROWTH: Estimate = { value: 0, low: 0, high: 0 };

/** Where a goroutine has a whole number of objects, bytes follow from goroutines: these are counted, not sampled. */
function ratesOf(growing: readonly Members[], hasStopped: boolean, size: SizeEach | null): Incident['rate'] {
  const goroutines = growing.filter((m) => m.goroutines.size > 0 && m.lifetime.goroutines !== null);
  const memory = growing.filter((m) => m.memory.size > 0 && m.lifetime.inuseSpace !== null);
  if (hasStopped) return { goroutinesPerSecond: NO_GROWTH, bytesPerSecond: memory.length > 0 ? NO_GROWTH : null };
  const goroutinesPerSecond = sumEstimates(
    goroutines.map((m) => rateOf(goroutineSeries(m), THRESHOLDS.rateMarginGoroutines)),
  );
  if (size?.isWhole && goroutinesPerSecond !== null) {
    const { value, low, high } = goroutinesPerSecond;
    const each = size.estimate.value;
    const bytesPerSecond = { value: value * each, low: low * each, high: high * each };
    return { goroutinesPerSecond, bytesPerSecond };
  }
  return {
    goroutinesPerSecond,
    bytesPerSecond: sumEstimates(memory.map((m) => rateOf(memorySeries(m), THRESHOLDS.rateMarginHeap))),
  };
}

function goroutineSeries({ lifetime, goroutines }: Members): Series {
  return { timesS: lifetime.goroutines!.timesS, values: sumOf(lifetime.goroutines!, goroutines) };
}

function memorySeries({ lifetime, memory }: Members): Series {
  return { timesS: lifetime.inuseSpace!.timesS, values: sumOf(lifetime.inuseSpace!, memory) };
}

/** Ratio of the growths over the lifetimes that have both. */
function perGoroutine(growing: readonly Members[], memory: readonly Member[]): SizeEach | null {
  const both = growing.filter((m) => m.goroutines.size > 0 && m.memory.size > 0);
  const bytes = both.reduce((sum, m) => sum + growthOf(memorySeries(m)), 0);
  const goroutines = both.reduce((sum, m) => sum + growthOf(goroutineSeries(m)), 0);
  const byGrowth = memory.map((m) => m.trial).sort((a, b) => b.gate.growth - a.gate.growth);
  // Objects have one size on one stack only, and then only if it is all that grew.
  const main = byGrowth.find((trial) => trial.site.kind === 'heap');
  const isAll = main !== undefined && main.gate.growth >= MAIN_SHARE * byGrowth[0]!.gate.growth;
  const periodBytes = byGrowth[0]?.lifetime.heapPeriodBytes ?? 1;
  return bytesPerGoroutine({ bytes, goroutines, objectBytes: isAll ? main.objectBytes : null, periodBytes });
}

const MAIN_SHARE = 0.95;

/** From the lowest of the first three: the heap profile of a young process lags behind its goroutines. */
function growthOf({ values }: Series): number {
  return medianOfLast3(values) - Math.min(...values.subarray(0, 3));
}

/** Proven goroutines began at the latest when their place first had any. */
function sinceProof(group: Group, members: readonly Members[]): readonly number[] {
  if (group.members.some((m) => m.isJudged)) return [];
  return group.proofs.map(({ lifetime }) => {
    const own = members.find((m) => m.lifetime === lifetime);
    if (own === undefined || own.goroutines.size === 0) return lifetime.firstS;
    const series = goroutineSeries(own);
    return (
      series.timesS[
        Math.max(
          0,
          series.values.findIndex((value) => value > 0),
        )
      ] ?? lifetime.firstS
    );
  });
}

/** The function whose `go` statement began the goroutines, where the entry function is a closure inside it. */
function spawnOf(facts: StackFacts): { readonly function: string } | null {
  const creator = facts.root.replace(/\.(func\d+|gowrap\d+|\d+)$/, '');
  return creator === facts.root ? null : { function: creator };
}

function headFirst(keys: readonly string[], head: string): readonly string[] {
  return [head, ...keys.filter((key) => key !== head).sort()];
}

function instanceReason(growing: readonly Members[], context: IncidentContext): Incident['reasons'] {
  const instances = new Set(growing.map((m) => m.lifetime.instance)).size;
  const all = new Set([...context.reporting].map((lifetime) => lifetime.instance)).size;
  const text =
    all > 1 ? `Seen on ${instances} of ${all} instances.` : 'Whether other instances show it: only one sends.';
  return [
    { rule: 'instances', passed: true, group: instances > 1 ? 'for' : 'unknown', text, instances, allInstances: all },
  ];
}
