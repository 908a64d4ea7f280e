import type { Examined } from './examine.ts';
import type { Lifetime } from './lifetimes.ts';
import { besideConnections, keysOf, type Link, linksOf } from './links.ts';
import { type Peers, peersOf } from './peers.ts';
import type { Proof } from './proof.ts';
import { type Doubt, type Level, type Ruling, rule } from './ruling.ts';
import type { Trial } from './trial.ts';

/** A trial with what it amounts to. */
export interface Member {
  readonly trial: Trial;
  readonly peers: Peers;
  readonly ruling: Ruling;
  /** False for memory that did not pass the shape test by itself and stands beside goroutines it grows with. */
  readonly isJudged: boolean;
}

/** Everything that makes up one incident: sites of all lifetimes that are the same place or belong together. */
export interface Group {
  readonly keys: readonly string[];
  readonly members: readonly Member[];
  readonly proofs: readonly Proof[];
}

/** Doubts that a site may have and still lend support to the one it is joined with: they are about time, not truth. */
const HARMLESS: ReadonlySet<Doubt> = new Set(['unsupported', 'age', 'points', 'fewSamples']);

/** `reporting`: lifetimes whose growth makes incidents; all others only serve for comparison. */
export function groupsOf(
  all: readonly Examined[],
  reporting: ReadonlySet<Lifetime>,
  proofs: readonly Proof[],
  minAgeS: number,
): readonly Group[] {
  const members: Member[] = [];
  const union = disjointSets();
  for (const examined of all) {
    if (!reporting.has(examined.lifetime)) continue;
    const links = linksOf(examined);
    members.push(...membersOf(examined, links, all, minAgeS));
    for (const { from, to } of links) union.join([...keysOf(from.site), ...keysOf(to.site)]);
  }
  for (const { trial } of members) union.join(keysOf(trial.site));
  for (const proof of proofs) union.join([proof.key]);

  const groups = new Map<string, { keys: Set<string>; members: Member[]; proofs: Proof[] }>();
  const groupOf = (key: string) => {
    const root = union.find(key);
    const group = groups.get(root) ?? { keys: new Set(), members: [], proofs: [] };
    groups.set(root, group);
    return group;
  };
  for (const member of members) {
    const keys = keysOf(member.trial.site);
    const group = groupOf(keys[0]!);
    group.members.push(member);
    for (const key of keys) group.keys.add(key);
  }
  for (const proof of proofs) {
    groupOf(proof.key).proofs.push(proof);
    groupOf(proof.key).keys.add(proof.key);
  }
  return [...groups.values()].map((group) => ({ ...group, keys: [...group.keys] }));
}

function membersOf(
  examined: Examined,
  links: readonly Link[],
  all: readonly Examined[],
  minAgeS: number,
): readonly Member[] {
  const beside = new Set(links.map((link) => link.to));
  const connected = besideConnections(examined);
  const first = examined.trials
    .filter((trial) => trial.shape.passes || beside.has(trial))
    .map((trial) => {
      const peers = peersOf(trial, all);
      return {
        trial,
        peers,
        ruling: rule(trial, peers, { minAgeS, isLinked: false, hasConnection: connected.has(trial) }),
      };
    });
  const credible = new Set(
    first
      .filter(({ trial, ruling }) => trial.shape.passes && ruling.doubts.every((doubt) => HARMLESS.has(doubt)))
      .map(({ trial }) => trial),
  );
  return first.map(({ trial, peers }) => {
    // Support joins goroutines with memory; two goroutine sites in step are one fact, not two.
    const isLinked = links.some(
      (link) =>
        link.to.site.kind !== 'goroutine' &&
        ((link.from === trial && credible.has(link.to)) || (link.to === trial && credible.has(link.from))),
    );
    return {
      trial,
      peers,
      ruling: rule(trial, peers, { minAgeS, isLinked, hasConnection: connected.has(trial) }),
      isJudged: trial.shape.passes,
    };
  });
}

const LEVELS: readonly Level[] = ['watching', 'likely', 'leak'];

/** The highest level of what was judged by itself. */
export function levelOf(group: Group): Level {
  return LEVELS[Math.max(0, ...group.members.filter((m) => m.isJudged).map((m) => LEVELS.indexOf(m.ruling.level)))]!;
}

/** When growth of the goroutines ended, in every lifetime that has it, s; null while one still grows. Memory that is joined ends with them. */
export function stoppedAt(group: Group): number | null {
  const judged = group.members.filter((m) => m.isJudged && m.trial.site.kind === 'goroutine');
  const stops = judged.map((m) => m.trial.stoppedS);
  return stops.length > 0 && stops.every((stop) => stop !== null) ? Math.max(...stops) : null;
}

/** Disjoint sets of keys; `find` names the set that a key is in. */
function disjointSets(): { find: (key: string) => string; join: (keys: readonly string[]) => void } {
  const parents = new Map<string, string>();
  const find = (key: string): string => {
    const parent = parents.get(key);
    return parent === undefined ? key : find(parent);
  };
  const join = (keys: readonly string[]) => {
    for (const key of keys.slice(1)) {
      const [root, other] = [find(keys[0]!), find(key)];
      if (root !== other) parents.set(other, root);
    }
  };
  return { find, join };
}
