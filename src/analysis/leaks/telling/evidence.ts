import type { AllocationSite, Estimate, Evidence, EvidenceFrame, SegmentSeries } from '../../../model/finding.ts';
import type { StackHistory } from '../../../model/history.ts';
import type { StackId } from '../../../model/stack.ts';
import type { Examined } from '../examine.ts';
import type { Lifetime } from '../lifetimes.ts';
import { rateOf } from '../rates.ts';
import { lastOf, sumOf } from '../series.ts';
import { type StackFacts, sourcePoint } from '../stack-facts.ts';
import { THRESHOLDS } from '../thresholds.ts';

/** Most lifetimes whose curves a case file gets, and most allocation sites. */
const MAX_SEGMENTS = 24;
const MAX_ALLOCATIONS = 10;

/** Most points of a curve; longer ones are thinned evenly, the newest point stays. */
const MAX_CURVE_POINTS = 240;

/** Stacks of an incident in one lifetime. */
export interface Members {
  readonly lifetime: Lifetime;
  readonly goroutines: ReadonlySet<StackId>;
  readonly memory: ReadonlySet<StackId>;
}

/** Stacks of the sites with these keys, in every lifetime, old ones too: the case file shows what was before. */
export function membersIn(
  all: readonly Examined[],
  goroutineKey: string | null,
  memoryKeys: ReadonlySet<string>,
): readonly Members[] {
  return all.map(({ lifetime, stacksByKey }) => ({
    lifetime,
    goroutines: new Set(stacksByKey.get(goroutineKey ?? '')),
    memory: new Set([...memoryKeys].flatMap((key) => stacksByKey.get(key) ?? [])),
  }));
}

export interface EvidenceInput {
  readonly members: readonly Members[];
  /** Lifetimes that count for "now". */
  readonly current: ReadonlySet<Lifetime>;
  readonly facts: ReadonlyMap<StackId, StackFacts>;
  /** The stack to show and its marked frame. */
  readonly shown: StackFacts;
  readonly markedFrame: number;
  readonly bytesPerGoroutine: Estimate | null;
  readonly goroutinesPerSecond: Estimate | null;
  readonly provenGoroutines: number | null;
}

/** Curves, stack, allocation sites and current amounts of an incident. */
export function evidenceOf(input: EvidenceInput): Evidence {
  const { members, current, shown } = input;
  const now = members.filter(({ lifetime }) => current.has(lifetime));
  const goroutinesNow = totalNow(now.map((m) => [m.lifetime.goroutines, m.goroutines] as const));
  const bytesNow = totalNow(now.map((m) => [m.lifetime.inuseSpace, m.memory] as const));
  const seen = members.filter((m) => m.goroutines.size > 0 || m.memory.size > 0 || current.has(m.lifetime));
  return {
    fromMs: toMs(Math.min(...seen.map((m) => m.lifetime.firstS))),
    untilMs: toMs(Math.max(...seen.map((m) => m.lifetime.lastS))),
    goroutines: curves(members.map((m) => [m.lifetime, m.lifetime.goroutines, m.goroutines] as const)),
    heapBytes: curves(members.map((m) => [m.lifetime, m.lifetime.inuseSpace, m.memory] as const)),
    stack: shown.stack.map(
      (frame, i): EvidenceFrame => ({ ...sourcePoint(frame), role: shown.roles[i]!, isSite: i === input.markedFrame }),
    ),
    goroutinesNow,
    bytesNow,
    bytesPerGoroutine: input.bytesPerGoroutine,
    allocations: allocationsOf(now, input),
    provenGoroutines: input.provenGoroutines,
  };
}

/** Sum of the last values; null where no stack is known. */
function totalNow(parts: readonly (readonly [StackHistory | null, ReadonlySet<StackId>])[]): number | null {
  const known = parts.filter(([history, stacks]) => history !== null && history.timesS.length > 0 && stacks.size > 0);
  return known.length === 0 ? null : known.reduce((sum, [history, stacks]) => sum + lastOf(sumOf(history!, stacks)), 0);
}

/** Steepest lifetimes first. */
function curves(
  parts: readonly (readonly [Lifetime, StackHistory | null, ReadonlySet<StackId>])[],
): readonly SegmentSeries[] {
  const drawn: { series: SegmentSeries; growth: number }[] = [];
  for (const [lifetime, history, stacks] of parts) {
    if (history === null || stacks.size === 0 || history.timesS.length === 0) continue;
    const values = sumOf(history, stacks);
    drawn.push({
      growth: (lastOf(values) - values[0]!) / Math.max(1, lastOf(history.timesS) - history.timesS[0]!),
      series: {
        instance: lifetime.instance,
        version: lifetime.version || null,
        session: lifetime.session || null,
        timesMs: thinned(history.timesS).map(toMs),
        values: thinned(values),
      },
    });
  }
  drawn.sort((a, b) => b.growth - a.growth);
  return drawn.slice(0, MAX_SEGMENTS).map(({ series }) => series);
}

function thinned(values: Float64Array): number[] {
  const stride = Math.ceil(values.length / MAX_CURVE_POINTS);
  return Array.from(values).filter((_, i) => (values.length - 1 - i) % stride === 0);
}

/** Bytes by allocating line (the first frame outside the runtime), largest first. */
function allocationsOf(now: readonly Members[], input: EvidenceInput): readonly AllocationSite[] {
  const { facts, goroutinesPerSecond, bytesPerGoroutine } = input;
  const lines = new Map<string, { fact: StackFacts; bytesNow: number; bytesPerSecond: number }>();
  for (const { lifetime, memory } of now) {
    if (lifetime.inuseSpace === null) continue;
    for (const id of memory) {
      const fact = facts.get(id);
      const values = lifetime.inuseSpace.byStack.get(id);
      if (fact === undefined || values === undefined) continue;
      const frame = fact.stack[allocatingFrame(fact)];
      const key = `${frame?.function}|${frame?.file}|${frame?.line}`;
      const line = lines.get(key) ?? { fact, bytesNow: 0, bytesPerSecond: 0 };
      line.bytesNow += lastOf(values);
      line.bytesPerSecond +=
        rateOf({ timesS: lifetime.inuseSpace.timesS, values }, THRESHOLDS.rateMarginHeap)?.value ?? 0;
      lines.set(key, line);
    }
  }
  const total = [...lines.values()].reduce((sum, line) => sum + line.bytesPerSecond, 0);
  return [...lines.values()]
    .sort((a, b) => b.bytesNow - a.bytesNow)
    .slice(0, MAX_ALLOCATIONS)
    .map(({ fact, bytesNow, bytesPerSecond }) => {
      const at = allocatingFrame(fact);
      const caller = fact.stack[at + 1];
      const isJoined = bytesPerGoroutine !== null && goroutinesPerSecond !== null && total > 0;
      return {
        ...sourcePoint(fact.stack[at]),
        calledBy: caller === undefined ? null : sourcePoint(caller),
        bytesNow,
        bytesPerSecond,
        bytesPerGoroutine: isJoined ? (bytesPerGoroutine.value * bytesPerSecond) / total : null,
      };
    });
}

/** The first frame outside the runtime: the line whose allocation was sampled. */
export function allocatingFrame(fact: StackFacts): number {
  return Math.max(
    0,
    fact.roles.findIndex((role) => role !== 'runtime'),
  );
}

function toMs(timeS: number): number {
  return Math.round(timeS * 1000);
}
