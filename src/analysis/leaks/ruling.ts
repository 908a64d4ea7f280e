import { waitsOnNetwork } from './links.ts';
import type { Peers } from './peers.ts';
import { waitsForever } from './stack-facts.ts';
import { deepestFall } from './statistics.ts';
import { THRESHOLDS } from './thresholds.ts';
import { ageS, type Trial } from './trial.ts';

/**
 * What a passing trial amounts to. `likely` and `watching` are both `watch` to the user: `likely` would be a leak but
 * for one doubt, `watching` has an explanation that is not a leak.
 */
export type Level = 'leak' | 'likely' | 'watching';

export type Doubt =
  | 'age'
  | 'points'
  | 'slowing'
  | 'late'
  | 'swings'
  | 'fewSamples'
  | 'moved'
  | 'load'
  | 'loadPartly'
  | 'loadUnknown'
  | 'lateStart'
  | 'traffic'
  | 'knownLevel'
  | 'outvoted'
  | 'idleConnection'
  | 'connections'
  | 'unsupported';

/** Doubts that explain the growth away. */
const EXPLAINS: ReadonlySet<Doubt> = new Set(['load', 'traffic', 'knownLevel', 'outvoted', 'moved']);

export interface Ruling {
  readonly level: Level;
  readonly doubts: readonly Doubt[];
  /** 0-100, orders the list. */
  readonly score: number;
  /** Age that the growth must have, s. */
  readonly minAgeS: number;
  readonly supports: {
    readonly forever: boolean;
    readonly retention: boolean;
    readonly linked: boolean;
    readonly secondLifetime: boolean;
  };
}

/** Doubts that do not depend on support from other sites: for the question whether a linked site may lend support. */
export function rule(
  trial: Trial,
  peers: Peers,
  context: { minAgeS: number; isLinked: boolean; hasConnection: boolean },
): Ruling {
  const forever = trial.site.kind === 'goroutine' && waitsForever(trial.site.facts);
  const minAgeS = forever && !trial.turnover?.has && !trial.works ? context.minAgeS / 3 : context.minAgeS;
  const supports = {
    forever,
    retention: (trial.retention ?? 0) >= THRESHOLDS.retentionSupport,
    linked: context.isLinked,
    secondLifetime: peers.growing > 1,
  };
  const doubts = [
    ...ageDoubts(trial, peers, minAgeS),
    ...shapeDoubts(trial),
    ...loadDoubts(trial, peers),
    ...peerDoubts(trial, peers),
  ];
  if (waitsOnNetwork(trial.site)) doubts.push(trial.site.facts.hasOwnCode ? 'connections' : 'idleConnection');
  else if (context.hasConnection) doubts.push('connections');
  if (!Object.values(supports).includes(true)) doubts.push('unsupported');
  const level = doubts.length === 0 ? 'leak' : doubts.some((doubt) => EXPLAINS.has(doubt)) ? 'watching' : 'likely';
  return { level, doubts, score: scoreOf(trial, peers, supports, level), minAgeS, supports };
}

function ageDoubts(trial: Trial, peers: Peers, minAgeS: number): Doubt[] {
  const doubts: Doubt[] = [];
  // A service that is killed before it is old enough shows the same growth every time.
  const together =
    peers.endedGrowing >= THRESHOLDS.shortLifetimes &&
    peers.flat === 0 &&
    (peers.endedGrowing + 1) * ageS(trial) >= minAgeS;
  if (ageS(trial) < minAgeS && !together) doubts.push('age');
  if (trial.series.values.length < THRESHOLDS.leakPoints) doubts.push('points');
  return doubts;
}

function shapeDoubts(trial: Trial): Doubt[] {
  const { shape, site, gate } = trial;
  const doubts: Doubt[] = [];
  if (shape.late < THRESHOLDS.lateSlowing && (shape.lateSigmas > 1 || shape.late < THRESHOLDS.lateStopping))
    doubts.push('slowing');
  else if (shape.late < THRESHOLDS.lateLeak && shape.lateSigmas > THRESHOLDS.sigma) doubts.push('late');
  if (!shape.isGrowingObject && deepestFall(trial.series.values) > THRESHOLDS.maxSwing * shape.growth)
    doubts.push('swings');
  const isObject = trial.objects !== null && trial.objects <= THRESHOLDS.fewObjects;
  if (site.kind !== 'goroutine' && gate.samples < THRESHOLDS.leakHeapSamples && !isObject) doubts.push('fewSamples');
  if (trial.isMoved) doubts.push('moved');
  return doubts;
}

function loadDoubts(trial: Trial, peers: Peers): Doubt[] {
  const { load, site, turnover, retention, objects } = trial;
  if (site.kind !== 'goroutine') {
    const isKept =
      (retention ?? 0) >= THRESHOLDS.retentionStrong || (objects !== null && objects <= THRESHOLDS.fewObjects);
    const traffic: Doubt[] = retention !== null && retention < THRESHOLDS.retentionTraffic ? ['traffic'] : [];
    return isKept ? [] : [...traffic, ...outcomeDoubts(load.outcome)];
  }
  // Without turnover nothing ever leaves the site: it is no work in flight that load could explain.
  if (!turnover?.has && site.facts.hasOwnCode) return [];
  const doubts = outcomeDoubts(load.outcome);
  if (turnover?.has && load.source !== 'linked' && peers.controlVersion === null) doubts.push('loadUnknown');
  // In the last hours of a long life the level changes little, and a little more work explains that.
  if (turnover?.has && !trial.isWholeLifetime) doubts.push('lateStart');
  return doubts;
}

function outcomeDoubts(outcome: Trial['load']['outcome']): Doubt[] {
  return outcome === 'follows' ? ['load'] : outcome === 'partly' ? ['loadPartly'] : [];
}

function peerDoubts(trial: Trial, peers: Peers): Doubt[] {
  const doubts: Doubt[] = [];
  if (trial.knownLevel !== null || peers.knownLevel !== null) doubts.push('knownLevel');
  if (peers.isOutvoted) doubts.push('outvoted');
  return doubts;
}

function scoreOf(trial: Trial, peers: Peers, supports: Ruling['supports'], level: Level): number {
  const { retention, load, shape } = trial;
  let score = 50 + 10 * Math.min(1, Math.max(0, shape.late));
  if (supports.forever) score += 10;
  else if ((retention ?? 0) >= THRESHOLDS.retentionStrong) score += 15;
  else if (supports.retention) score += 10;
  if (supports.linked) score += 10;
  if (supports.secondLifetime) score += 10;
  if (peers.controlVersion !== null) score += 10;
  if (load.outcome === 'follows') score -= 40;
  if (load.outcome === 'partly') score -= 20;
  const [least, most] = level === 'leak' ? [70, 99] : level === 'likely' ? [45, 69] : [20, 44];
  return Math.round(Math.min(most, Math.max(least, score)));
}
