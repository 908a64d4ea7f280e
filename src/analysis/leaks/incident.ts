import type { Estimate, FindingKind, Incident } from '../../model/finding.ts';
import type { StackId } from '../../model/stack.ts';
import { allocatingFrame, evidenceOf, type Members, membersIn } from './evidence.ts';
import type { Examined } from './examine.ts';
import { medianOfLast3 } from './gate.ts';
import type { Group, Member } from './group.ts';
import type { Lifetime } from './lifetimes.ts';
import { bytesPerGoroutine, rateOf, sumEstimates } from './rates.ts';
import { judgedAt, reasonsOf } from './reasons.ts';
import { clock, type MessageKey, message, say } from './sentences.ts';
import { lastOf, type Series, sumOf } from './series.ts';
import { type StackFacts, sourcePoint } from './stack-facts.ts';
import { median } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';
import { ageS } from './trial.ts';

export interface IncidentContext {
  readonly service: string;
  readonly all: readonly Examined[];
  readonly reporting: ReadonlySet<Lifetime>;
  /** Those of them that still send. */
  readonly live: ReadonlySet<Lifetime>;
  readonly facts: ReadonlyMap<StackId, StackFacts>;
}

const LEVELS = ['watching', 'likely', 'leak'] as const;

/** One group as the incident that users read. */
export function incidentOf(group: Group, context: IncidentContext): Incident {
  const head = headOf(group);
  const headFacts = head?.trial.site.facts ?? group.proofs[0]!.facts;
  const isGoroutine = head === undefined || head.trial.site.kind === 'goroutine';
  const memory = group.members.filter((member) => member.trial.site.kind !== 'goroutine');
  const hasGoroutines = group.proofs.length > 0 || group.members.length > memory.length;
  const kind: FindingKind = !hasGoroutines ? 'heap' : memory.length > 0 ? 'both' : 'goroutine';

  const goroutineHead = isGoroutine ? head : strongest(group.members.filter((m) => m.trial.site.kind === 'goroutine'));
  const goroutineKey = goroutineHead?.trial.site.key ?? group.proofs[0]?.key ?? null;
  const members = membersIn(context.all, goroutineKey, new Set(memory.map((member) => member.trial.site.key)));
  const stopped = stoppedAt(group);
  const growing = currentOf(
    members.filter(({ lifetime }) => lifetimesIn(group).includes(lifetime)),
    context,
  );
  const rate = ratesOf(growing, stopped !== null);
  const each = kind === 'both' ? perGoroutine(growing, memory) : null;
  const proven = group.proofs.reduce((sum, proof) => sum + proof.count, 0);
  const memoryHead = strongest(memory);
  const blocked = goroutineHead?.trial.site.facts ?? group.proofs[0]?.facts ?? null;
  const shown = blocked ?? headFacts;
  const evidence = evidenceOf({
    members,
    current: new Set(
      currentOf(
        members.filter((m) => context.live.has(m.lifetime) || growing.includes(m)),
        context,
      ).map((m) => m.lifetime),
    ),
    facts: context.facts,
    shown,
    markedFrame: blocked ? blocked.siteFrame : allocatingFrame(shown),
    bytesPerGoroutine: each,
    goroutinesPerSecond: rate.goroutinesPerSecond,
    provenGoroutines: proven > 0 ? proven : null,
  });
  const level = proven > 0 ? 'leak' : levelOf(group);
  const score = proven > 0 ? 100 : Math.max(...group.members.filter((m) => m.isJudged).map((m) => m.ruling.score));
  const sinceS = Math.min(
    ...group.members.filter((m) => m.isJudged).map((m) => m.trial.onsetS),
    ...sinceProof(group, members),
  );
  const spawn = blocked === null ? null : spawnOf(blocked);
  const culprit = sourcePoint(headFacts.stack[headFacts.culpritFrame]);
  const siteFrame = shown.stack[blocked ? blocked.siteFrame : allocatingFrame(shown)];
  const allocation = memoryHead
    ? sourcePoint(memoryHead.trial.site.facts.stack[allocatingFrame(memoryHead.trial.site.facts)])
    : null;

  const params = {
    service: context.service,
    function: culprit.function,
    waitState: blocked?.waitState ?? null,
    goroutinesPerSecond: rate.goroutinesPerSecond?.value ?? null,
    bytesPerSecond: rate.bytesPerSecond?.value ?? null,
    goroutinesNow: evidence.goroutinesNow ?? (proven || null),
    provenGoroutines: proven || null,
    stoppedAt: stopped === null ? null : clock(stopped * 1000),
    ageMs: Math.round(
      1000 * (head ? ageS(head.trial) : lastOf([0, ...group.proofs.map((p) => p.lifetime.lastS - sinceS)])),
    ),
  };
  const headline = message(
    headlineKey({ level, proven: proven > 0, stopped: stopped !== null, isMemory: !hasGoroutines }),
    params,
  );
  const lead = message(hasGoroutines ? 'lead.goroutines' : 'lead.memory', {
    waitState: params.waitState,
    spawn: spawn?.function ?? null,
    siteFunction: siteFrame?.function ?? '',
    file: siteFrame?.file ?? '',
    line: siteFrame?.line ?? 0,
    bytesPerSecond: params.bytesPerSecond,
    bytesNow: evidence.bytesNow,
    bytesPerGoroutine: each?.value ?? null,
    doubt: level === 'leak' || head === undefined ? null : doubtOf(group, head),
  });

  return {
    siteKeys: headFirst(group.keys, head?.trial.site.key ?? group.proofs[0]!.key),
    verdict: level === 'leak' ? 'leak' : 'watch',
    kind,
    score,
    version: newestVersion(group),
    instances: new Set([...growing.map((m) => m.lifetime.instance), ...group.proofs.map((p) => p.lifetime.instance)])
      .size,
    headline: say(headline),
    lead: say(lead),
    messages: { headline, lead },
    growingSinceMs: Math.round(sinceS * 1000),
    lastPointMs: Math.round(1000 * Math.max(...lifetimesIn(group).map((lifetime) => lifetime.lastS))),
    site: sourcePoint(siteFrame),
    waitState: blocked?.waitState ?? null,
    spawn,
    allocation,
    culprit,
    rate,
    reasons: [...reasonsOf(group, head), ...instanceReason(growing, context)],
    levelledOff: stopped !== null,
    evidence,
  };
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

function levelOf(group: Group): (typeof LEVELS)[number] {
  return LEVELS[Math.max(0, ...group.members.filter((m) => m.isJudged).map((m) => LEVELS.indexOf(m.ruling.level)))]!;
}

function headlineKey(state: { level: string; proven: boolean; stopped: boolean; isMemory: boolean }): MessageKey {
  if (state.stopped) return 'headline.levelledOff';
  if (state.level !== 'leak') return state.isMemory ? 'headline.watch.memory' : 'headline.watch.goroutines';
  if (state.isMemory) return 'headline.leak.memory';
  return state.proven ? 'headline.proven' : 'headline.leak.goroutines';
}

/** The one sentence of why it is not called a leak. */
function doubtOf(group: Group, head: Member): string | null {
  const against = reasonsOf(group, head).filter((reason) => reason.group === 'against');
  const age = against.find((reason) => reason.rule === 'age');
  if (head.ruling.doubts.includes('age')) return `Too short to tell from a warm-up; ${judgedAt(head)}`;
  return (against.find((reason) => reason !== age) ?? age)?.text ?? null;
}

/** When growth ended in every lifetime that has it; null while one still grows. */
function stoppedAt(group: Group): number | null {
  const judged = group.members.filter((m) => m.isJudged);
  const stops = judged.map((m) => m.trial.stoppedS);
  return stops.length > 0 && stops.every((stop) => stop !== null) ? Math.max(...stops) : null;
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

function ratesOf(growing: readonly Members[], hasStopped: boolean): Incident['rate'] {
  const goroutines = growing.filter((m) => m.goroutines.size > 0 && m.lifetime.goroutines !== null);
  const memory = growing.filter((m) => m.memory.size > 0 && m.lifetime.inuseSpace !== null);
  if (hasStopped) return { goroutinesPerSecond: NO_GROWTH, bytesPerSecond: memory.length > 0 ? NO_GROWTH : null };
  return {
    goroutinesPerSecond: sumEstimates(
      goroutines.map((m) => rateOf(goroutineSeries(m), THRESHOLDS.rateMarginGoroutines)),
    ),
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
function perGoroutine(growing: readonly Members[], memory: readonly Member[]): Estimate | null {
  const both = growing.filter((m) => m.goroutines.size > 0 && m.memory.size > 0);
  const bytes = both.reduce((sum, m) => sum + growthOf(memorySeries(m)), 0);
  const goroutines = both.reduce((sum, m) => sum + growthOf(goroutineSeries(m)), 0);
  const main = [...memory].sort((a, b) => b.trial.gate.growth - a.trial.gate.growth)[0];
  const periodBytes = main?.trial.lifetime.heapPeriodBytes ?? 1;
  return bytesPerGoroutine({ bytes, goroutines, objectBytes: main?.trial.objectBytes ?? null, periodBytes });
}

function growthOf(series: Series): number {
  return medianOfLast3(series.values) - median(series.values.subarray(0, 3));
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
  const text = `Seen on ${instances} of ${all} ${all === 1 ? 'instance' : 'instances'}.`;
  return [
    { rule: 'instances', passed: true, group: instances > 1 ? 'for' : 'unknown', text, instances, allInstances: all },
  ];
}
