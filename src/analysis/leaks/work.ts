import type { StackHistory } from '../../model/history.ts';
import type { StackId } from '../../model/stack.ts';
import type { Lifetime } from './lifetimes.ts';
import { type Series, sumOf } from './series.ts';
import type { Site } from './sites.ts';
import type { StackFacts } from './stack-facts.ts';
import { mean } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';
import { turnoverOf } from './turnover.ts';

/**
 * Do the goroutines of a site work, woken by a timer or by jobs, though each time they come back to the same wait? Then
 * they are met elsewhere (`workElsewhere` of them, and the site loses some now and then), or what their entry function
 * allocates goes with how many there are. Those that allocate too little for the heap profile, or on their stacks only,
 * and are back before a profile meets them, are not seen to work.
 */
export function worksHere(site: Site, series: Series, lifetime: Lifetime, all: Facts): boolean {
  // A library's entry function (an HTTP connection) serves many places.
  if (site.kind !== 'goroutine' || !site.facts.hasOwnRoot) return false;
  return isMetElsewhere(site, series, lifetime, all) || allocatesByNumber(site, series, lifetime, all);
}

type Facts = ReadonlyMap<StackId, StackFacts>;

/** Where the site never loses one, those elsewhere are others that only share the entry function. */
function isMetElsewhere(site: Site, series: Series, { goroutines }: Lifetime, all: Facts): boolean {
  if (goroutines === null || turnoverOf(series.values).fallShare <= THRESHOLDS.turnoverFalls) return false;
  const here = new Set(site.stacks);
  const ids = stacksOf(site, goroutines, all).filter((id) => !here.has(id));
  const elsewhere = mean(sumOf(goroutines, ids));
  return elsewhere > THRESHOLDS.workElsewhere * (elsewhere + mean(series.values));
}

function stacksOf(site: Site, history: StackHistory, all: Facts): readonly StackId[] {
  return [...history.byStack.keys()].filter((id) => all.get(id)?.root === site.facts.root);
}

/**
 * What goroutines allocate when they begin goes with how many come, and what others of the same function allocate goes
 * with neither. True where "with how many there are" is `workOdds` times likelier than the best mixture of the two.
 */
function allocatesByNumber(place: Site, site: Series, lifetime: Lifetime, all: Facts): boolean {
  const { allocSpace } = lifetime;
  if (allocSpace === null) return false;
  const bytes = sumOf(allocSpace, stacksOf(place, allocSpace, all));
  // One object may be more than a period: nothing that was seen is less than one.
  const sampleBytes = Math.max(lifetime.heapPeriodBytes, least(bytes));
  const samples: number[] = [];
  const [covered, births, work]: [number[], number[], number[]] = [[], [], []];
  let now = 0;
  // The first profile also reports what came before it.
  for (let i = 1; i < bytes.length; i++) {
    const before = site.values[now] ?? 0;
    while (now + 1 < site.timesS.length && site.timesS[now + 1]! <= allocSpace.timesS[i]!) now++;
    const seconds = allocSpace.timesS[i]! - allocSpace.timesS[i - 1]!;
    samples.push(bytes[i]! / sampleBytes);
    covered.push(seconds);
    births.push(Math.max(0, site.values[now]! - before));
    work.push(seconds * site.values[now]!);
  }
  const explain = (main: readonly number[], part: number) => logLikelihood(samples, mixture(main, covered, part));
  const explained = Math.max(...PARTS.map((part) => explain(births, part)));
  return explain(work, MOST) - explained > Math.log(THRESHOLDS.workOdds);
}

/** No explanation excludes any interval: profiles are not taken at the instant at which things happen. */
const MOST = 0.9;
const PARTS = [0, 0.225, 0.45, 0.675, MOST];

/** Where samples are expected, as shares of 1: `part` of them like `main`, the others at random times. */
function mixture(main: readonly number[], covered: readonly number[], part: number): readonly number[] {
  const [mainSum, coveredSum] = [total(main), total(covered)];
  return main.map((value, i) => (mainSum > 0 ? (part * value) / mainSum : 0) + ((1 - part) * covered[i]!) / coveredSum);
}

function logLikelihood(samples: readonly number[], shares: readonly number[]): number {
  return samples.reduce((sum, count, i) => (count > 0 ? sum + count * Math.log(shares[i]!) : sum), 0);
}

function least(bytes: Float64Array): number {
  const some = bytes.filter((value) => value > 0);
  return some.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function total(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
