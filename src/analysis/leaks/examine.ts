import type { StackHistory } from '../../model/history.ts';
import type { StackId } from '../../model/stack.ts';
import { type Gate, goroutineGate, heapGate, medianOfLast3 } from './gate.ts';
import type { Lifetime } from './lifetimes.ts';
import { type Births, birthsWithin, LOAD_UNKNOWN, type Load, loadOf, samplesOf, totalBirths } from './load.ts';
import { varianceOf } from './sampling.ts';
import { lastOf, type Series, sliceSeries, sumOf } from './series.ts';
import { EXACT, type Sampling, shapeOf } from './shape.ts';
import { functionKey, goroutineSites, heapSites, type Site } from './sites.ts';
import { type StackFacts, waitsForever } from './stack-facts.ts';
import { median, quantile } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';
import { lifetimeS, onsetOf, type Trial } from './trial.ts';
import { turnoverOf } from './turnover.ts';
import { worksHere } from './work.ts';

/** A lifetime with its sites and the tests of those that grew. */
export interface Examined {
  readonly lifetime: Lifetime;
  readonly sites: readonly Site[];
  /** Stacks of all sites with a key, whatever their lines. */
  readonly stacksByKey: ReadonlyMap<string, readonly StackId[]>;
  /** Best trial of every site that passed the gate in some window. */
  readonly trials: readonly Trial[];
}

type Facts = ReadonlyMap<StackId, StackFacts>;

/**
 * Tests every site of a lifetime, over the whole of it and, where it is longer, over its last hours: growth that
 * begins late in a long life is a step there. Windows shorter than `minAgeS` could not be called anyway.
 */
export function examine(lifetime: Lifetime, facts: Facts, minAgeS: number): Examined {
  const goroutines = lifetime.goroutines === null ? [] : goroutineSites(lifetime.goroutines, facts);
  const heap = lifetime.inuseSpace === null ? [] : heapSites(lifetime.inuseSpace, facts);
  const windows = [
    Number.POSITIVE_INFINITY,
    ...THRESHOLDS.windowsS.filter((windowS) => lifetimeS(lifetime) > windowS && windowS >= minAgeS),
  ];
  const grown = [
    ...mostGrown(goroutines, lifetime.goroutines, windows, lifetime),
    ...mostGrown(heap, lifetime.inuseSpace, windows, lifetime),
  ];
  const growth = new Map(grown.map(({ site, series }) => [site.key, series]));
  const trials = grown.map(({ site, series }) => {
    const works = worksHere(site, series, lifetime, facts);
    return bestTrial({ lifetime, facts, windows, growth, site, series, works });
  });
  const stacksByKey = new Map<string, StackId[]>();
  for (const { key, stacks } of [...goroutines, ...heap]) {
    stacksByKey.set(key, [...(stacksByKey.get(key) ?? []), ...stacks]);
  }
  const sites = [...goroutines, ...heap];
  return { lifetime, sites, stacksByKey, trials: trials.filter((trial) => trial !== undefined) };
}

interface Grown {
  readonly site: Site;
  /** The whole lifetime, warm-up included. */
  readonly series: Series;
}

/** Sites that pass the gate in any window, largest growth first, at most `maxSites`. */
function mostGrown(
  sites: readonly Site[],
  history: StackHistory | null,
  windows: readonly number[],
  lifetime: Lifetime,
): readonly Grown[] {
  if (history === null) return [];
  const grown: (Grown & { growth: number })[] = [];
  for (const site of sites) {
    const series = { timesS: history.timesS, values: sumOf(history, site.stacks) };
    const gates = windows
      .map((windowS) => gateOf(site, lifetime, windowOf(series, windowS)))
      .filter((gate) => gate?.passes);
    if (gates.length > 0) grown.push({ site, series, growth: Math.max(...gates.map((gate) => gate!.growth)) });
  }
  grown.sort((a, b) => b.growth - a.growth);
  return grown.slice(0, THRESHOLDS.maxSites);
}

/** The last `windowS` seconds; for the whole lifetime without its warm-up. */
export function windowOf(series: Series, windowS: number): Series {
  const count = series.values.length;
  if (windowS === Number.POSITIVE_INFINITY) {
    const dropped = Math.min(count, Math.max(THRESHOLDS.warmUpPoints, Math.floor(THRESHOLDS.warmUpShare * count)));
    return { timesS: series.timesS.subarray(dropped), values: series.values.subarray(dropped) };
  }
  const lastS = lastOf(series.timesS);
  return sliceSeries(series, lastS - windowS, lastS);
}

function gateOf(site: Site, lifetime: Lifetime, series: Series): Gate | undefined {
  if (series.values.length < THRESHOLDS.minPoints) return undefined;
  if (site.kind === 'goroutine') return goroutineGate(series);
  const size = objectsOf(site, lifetime, series);
  return heapGate(series, size.sampleBytes, size.objects);
}

interface ObjectSizes {
  /** Objects at the site (median of the last quarter) and their mean size now; null without in-use objects. */
  readonly objects: number | null;
  readonly objectBytes: number | null;
  /** Bytes that one sample of the heap profiler stands for. */
  readonly sampleBytes: number;
}

function objectsOf(site: Site, lifetime: Lifetime, series: Series): ObjectSizes {
  const period = lifetime.heapPeriodBytes;
  if (lifetime.inuseObjects === null) return { objects: null, objectBytes: null, sampleBytes: period };
  const lastS = lastOf(series.timesS);
  const quarterS = (lastS - series.timesS[0]!) / 4;
  const counts = { timesS: lifetime.inuseObjects.timesS, values: sumOf(lifetime.inuseObjects, site.stacks) };
  const recent = sliceSeries(counts, lastS - quarterS, lastS).values;
  if (recent.length === 0) return { objects: null, objectBytes: null, sampleBytes: period };
  // Of the same profiles as the bytes, or growth between them counts as size.
  const now = medianOfLast3(sliceSeries(counts, Number.NEGATIVE_INFINITY, lastS).values);
  const objectBytes = now > 0 ? medianOfLast3(series.values) / now : null;
  return { objects: median(recent), objectBytes, sampleBytes: Math.max(period, objectBytes ?? 0) };
}

interface Task extends Grown {
  readonly works: boolean;
  readonly lifetime: Lifetime;
  readonly facts: Facts;
  readonly windows: readonly number[];
  /** Series of all sites that passed the gate, by key. */
  readonly growth: ReadonlyMap<string, Series>;
}

/** The passing trial over the longest window; else one that levelled off; else the failed one over the whole lifetime. */
function bestTrial(task: Task): Trial | undefined {
  const trials = task.windows.map((windowS) => tryWindow(task, windowS)).filter((trial) => trial !== undefined);
  return (
    trials.find((trial) => trial.shape.passes && trial.knownLevel === null) ??
    levelledOff(task) ??
    trials.find((trial) => trial.shape.passes) ??
    trials[0]
  );
}

function tryWindow(task: Task, windowS: number): Trial | undefined {
  const { site, lifetime } = task;
  const series = windowOf(task.series, windowS);
  const gate = gateOf(site, lifetime, series);
  if (gate === undefined || !gate.passes) return undefined;
  const isGoroutine = site.kind === 'goroutine';
  const size = isGoroutine ? null : objectsOf(site, lifetime, series);
  const births = isGoroutine ? null : siteBirths(site, lifetime, series);
  const shape = shapeOf(series, size === null ? EXACT : samplingOf(size, gate, births, series, lifetime));
  const isWholeLifetime = windowS === Number.POSITIVE_INFINITY;
  const retention = births === null ? null : retentionOf(series, births, size?.sampleBytes ?? 1);
  return {
    site,
    lifetime,
    series,
    isWholeLifetime,
    gate,
    shape,
    onsetS: onsetOf(series, gate),
    turnover: isGoroutine ? turnoverOf(series.values) : null,
    works: task.works,
    load: shape.passes ? loadFor(task, series, births, size?.sampleBytes ?? lifetime.heapPeriodBytes) : LOAD_UNKNOWN,
    retention,
    objectBytes: size?.objectBytes ?? null,
    objects: size?.objects ?? null,
    isMoved: site.kind === 'heap' && shape.passes && isMoved(task, series, gate),
    knownLevel: isWholeLifetime ? null : knownBefore(task.series, series, gate),
    stoppedS: null,
  };
}

function samplingOf(
  size: ObjectSizes,
  gate: Gate,
  births: Births | null,
  series: Series,
  lifetime: Lifetime,
): Sampling {
  const window = lastOf(series.timesS) - series.timesS[0]!;
  return {
    varianceBytes: varianceOf(size.objectBytes, lifetime.heapPeriodBytes),
    birthsPerSecond: births === null ? 0 : totalBirths(births, series) / window,
    samples: gate.samples,
    objects: size.objects,
  };
}

function siteBirths(site: Site, lifetime: Lifetime, series: Series): Births | null {
  return lifetime.allocSpace && birthsWithin(lifetime.allocSpace, sumOf(lifetime.allocSpace, site.stacks), series);
}

/** Growth over what was allocated meanwhile; null where less than one heap sample was. */
function retentionOf(series: Series, births: Births, sampleBytes: number): number | null {
  const allocated = totalBirths(births, series);
  if (allocated < sampleBytes) return null;
  return (medianOfLast3(series.values) - median(series.values.subarray(0, 3))) / allocated;
}

/** Births at the site itself for heap sites; for goroutines those of linked stacks, else of all user code. */
function loadFor(task: Task, series: Series, births: Births | null, sampleBytes: number): Load {
  const { site, lifetime, facts } = task;
  if (site.kind !== 'goroutine') return births === null ? LOAD_UNKNOWN : loadOf(series, births, sampleBytes, 'site');
  const alloc = lifetime.allocSpace;
  if (alloc === null) return LOAD_UNKNOWN;
  const ids = [...alloc.byStack.keys()].filter((id) => facts.get(id)?.hasOwnCode && !facts.get(id)?.isExcluded);
  const linkedIds = ids.filter((id) => sharesFunction(facts.get(id)!, site.facts));
  const linked = birthsWithin(alloc, sumOf(alloc, linkedIds), series);
  if (samplesOf(linked, sampleBytes) >= THRESHOLDS.loadSamples) return loadOf(series, linked, sampleBytes, 'linked');
  return loadOf(series, birthsWithin(alloc, sumOf(alloc, ids), series), sampleBytes, 'process');
}

/** True where both stacks have a user function in common. */
export function sharesFunction(a: StackFacts, b: StackFacts): boolean {
  for (const name of a.userFunctions) if (b.userFunctions.has(name)) return true;
  return false;
}

/** True where the whole function grew by less than half of what this stack of it grew: an edit or inlining moved it. */
function isMoved(task: Task, series: Series, gate: Gate): boolean {
  const { site, lifetime, facts } = task;
  const culprit = site.facts.stack[site.facts.culpritFrame]?.function;
  const space = lifetime.inuseSpace;
  if (culprit === undefined || space === null) return false;
  const key = functionKey(culprit);
  const ids = [...space.byStack.keys()].filter((id) => {
    const fact = facts.get(id);
    const name = fact?.stack[fact.culpritFrame]?.function;
    return fact !== undefined && !fact.isExcluded && name !== undefined && functionKey(name) === key;
  });
  const whole = sliceSeries(
    { timesS: space.timesS, values: sumOf(space, ids) },
    series.timesS[0]!,
    lastOf(series.timesS),
  );
  const start = quantile(whole.values.subarray(0, Math.max(1, Math.floor(whole.values.length / 8))), 0.1);
  return medianOfLast3(whole.values) - start < 0.5 * gate.growth;
}

/** Level that the process already had before the window, if today's is not clearly above it. */
function knownBefore(whole: Series, window: Series, gate: Gate): number | null {
  const before = windowOf(whole, Number.POSITIVE_INFINITY);
  const earlier = before.values.filter((_, i) => before.timesS[i]! < window.timesS[0]!);
  if (earlier.length === 0) return null;
  const level = quantile(earlier, 0.9);
  return gate.now < THRESHOLDS.knownLevel * level ? level : null;
}

/** Share of the growth within which the level counts as the final one. */
const LEVEL_SHARE = 0.02;

/**
 * Goroutines that can only be woken by others, do not work, of which none left, and whose number no longer rises: what
 * happened until growth stopped is tested by the same rules.
 */
function levelledOff(task: Task): Trial | undefined {
  const { site, series, works } = task;
  if (site.kind !== 'goroutine' || !waitsForever(site.facts) || works) return undefined;
  if (series.values.length < THRESHOLDS.minPoints) return undefined;
  const whole = windowOf(series, Number.POSITIVE_INFINITY).values;
  const top = medianOfLast3(whole);
  const floor = top - Math.max(1, LEVEL_SHARE * (top - Math.min(...whole)));
  const stop = series.values.findIndex((value) => value >= floor);
  if (stop < 0 || stop >= series.values.length - 2) return undefined;
  // One that a profile meets outside its wait has not left.
  if (quantile(series.values.subarray(stop), 0.1) < floor) return undefined;
  const stoppedS = series.timesS[stop]!;
  const until = { timesS: series.timesS.subarray(0, stop + 1), values: series.values.subarray(0, stop + 1) };
  const past = { ...task, series: until };
  const trial = task.windows.map((windowS) => tryWindow(past, windowS)).find((t) => t?.shape.passes);
  return trial && !trial.turnover?.has ? { ...trial, stoppedS } : undefined;
}
