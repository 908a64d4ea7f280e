import { type Examined, sharesFunction } from './examine.ts';
import { goroutineGate } from './gate.ts';
import type { Lifetime } from './lifetimes.ts';
import { lastOf, type Series, sliceSeries, sumOf } from './series.ts';
import { functionKey, type Site } from './sites.ts';
import { THRESHOLDS } from './thresholds.ts';
import { growTogether, growthDistance } from './together.ts';
import type { Trial } from './trial.ts';

/** Two trials of one lifetime that belong to one incident. */
export interface Link {
  readonly from: Trial;
  readonly to: Trial;
}

/**
 * Goroutines and memory that share a user function; where one side has no own code on its stacks (an HTTP client, a
 * driver), those that grow together. Two leaks that both rise in a straight line always grow together, therefore
 * growing together alone does not join two places in own code.
 */
export function linksOf(examined: Examined): readonly Link[] {
  const goroutines = examined.trials.filter((trial) => trial.site.kind === 'goroutine' && trial.shape.passes);
  const heap = examined.trials.filter((trial) => trial.site.kind !== 'goroutine');
  const links: Link[] = [];
  for (const [i, goroutine] of goroutines.entries()) {
    for (const memory of heap) if (isJoined(goroutine, memory)) links.push({ from: goroutine, to: memory });
    for (const other of goroutines.slice(i + 1))
      if (isMultiple(goroutine, other)) links.push({ from: goroutine, to: other });
  }
  return links;
}

function isJoined(goroutine: Trial, memory: Trial): boolean {
  const shares = sharesFunction(goroutine.site.facts, memory.site.facts);
  const bothOwn = goroutine.site.facts.hasOwnCode && memory.site.facts.hasOwnCode;
  if (bothOwn && !shares) return false;
  if (shares && memory.shape.passes) return true;
  if (!shares && !memory.shape.passes) return false;
  return growTogether(wholeSeries(goroutine), wholeSeries(memory), memory.gate.samples);
}

type Growing = Pick<Trial, 'series' | 'gate'>;

/** Several goroutines of one call (reader, writer, watcher): the same curve, growth in a whole-number ratio. */
function isMultiple(a: Growing, b: Growing): boolean {
  if (growthDistance(a.series, b.series) >= THRESHOLDS.togetherMin) return false;
  const ratio = Math.max(a.gate.growth, b.gate.growth) / Math.min(a.gate.growth, b.gate.growth);
  const tolerance = Math.max(0.02, 2 / Math.min(a.gate.growth, b.gate.growth));
  return ratio < 4.5 && Math.abs(ratio - Math.round(ratio)) < tolerance;
}

/**
 * Trials of what comes with open connections: goroutines of which there are as many as of one that waits on a connection
 * in own code, and memory that grows with one on the same path. Whether that one itself still grows, or passes any test,
 * does not matter; a trial that ended is compared up to its end.
 */
export function besideConnections({ sites, lifetime, trials }: Examined): ReadonlySet<Trial> {
  const waiting = sites.filter((site) => waitsOnNetwork(site) && site.facts.hasOwnCode);
  const readers = waiting.map((site) => ({ site, series: seriesOf(site, lifetime) }));
  const isBeside = (trial: Trial) =>
    readers.some(({ site, series }) => {
      if (site === trial.site || !goroutineGate(series).passes) return false;
      if (trial.site.kind !== 'goroutine')
        return (
          sharesFunction(site.facts, trial.site.facts) && growTogether(series, wholeSeries(trial), trial.gate.samples)
        );
      const sameTime = sliceSeries(series, trial.series.timesS[0]!, lastOf(trial.series.timesS));
      return isMultiple(trial, { series: sameTime, gate: goroutineGate(sameTime) });
    });
  return new Set(trials.filter(isBeside));
}

/** A goroutine site in `IO wait`. */
export function waitsOnNetwork(site: Site): boolean {
  return site.kind === 'goroutine' && site.facts.waitState === 'IO wait';
}

/** The site over its whole lifetime, after growth ended too. */
function wholeSeries({ site, lifetime }: Trial): Series {
  return seriesOf(site, lifetime);
}

function seriesOf(site: Site, lifetime: Lifetime): Series {
  const history = site.kind === 'goroutine' ? lifetime.goroutines! : lifetime.inuseSpace!;
  return { timesS: history.timesS, values: sumOf(history, site.stacks) };
}

/** Keys under which a site joins a group: its own, and for memory that of its user function. */
export function keysOf(site: Site): readonly string[] {
  if (site.kind === 'goroutine') return [site.key];
  const culprit = site.facts.stack[site.facts.culpritFrame]?.function ?? '';
  return [...new Set([functionKey(culprit), site.key])];
}
