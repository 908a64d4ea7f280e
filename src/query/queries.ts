import { buildCallTree, type CallTree } from '../analysis/call-tree.ts';
import { problem } from '../base/problem.ts';
import type { Labels } from '../model/labels.ts';
import { type ProfileType, parseProfileType } from '../model/profile-type.ts';
import type { Selector } from '../model/selector.ts';
import { DEFAULT_TENANT } from '../model/tenant.ts';
import { NS_PER_MS, type TimeRange } from '../model/time-range.ts';
import type {
  Aggregation,
  MergedProfile,
  ProfileStore,
  ServiceSummary,
  TimelineSeries,
} from '../store/profile-store.ts';
import { type CallSite, valuesAt } from './call-site.ts';
import { clampRange, cutoffOf, timelineRange } from './clamp.ts';
import { withDeadline } from './deadline.ts';

/** Stacks of an answer; about 1 KB each until a tree is made of them. */
const MAX_STACKS = 200_000;

/** Labels that a timeline may be grouped by. */
const MAX_GROUP_BY = 64;

/** Series that match a selector and have profiles in a range; both ends belong to it. */
export interface Scope {
  readonly selector: Selector;
  readonly range: TimeRange;
}

export interface ProfileQuery extends Scope {
  readonly profileType: ProfileType;
  readonly aggregation: Aggregation;
  readonly callSite: CallSite;
}

export interface ProfileTimelineQuery extends ProfileQuery {
  /** The point at `from + k * step` covers the step before it. */
  readonly stepNs: bigint;
  readonly groupBy: readonly string[];
}

/** A merged profile as an exact, unfolded tree, with what it was made of. */
export interface MergedTree {
  readonly tree: CallTree;
  readonly profileCount: number;
  readonly seriesCount: number;
  readonly stackCount: number;
}

/**
 * Questions to the store, answered within the retention and a time limit (throws queryTimeout). A range that lies
 * wholly before the retention has nothing in it.
 */
export interface Queries {
  /** By id. */
  profileTypes(range: TimeRange): Promise<readonly ProfileType[]>;
  labelNames(scope: Scope): Promise<readonly string[]>;
  labelValues(scope: Scope, name: string): Promise<readonly string[]>;
  /** Label sets cut down to `names`; all labels when that is empty. */
  series(scope: Scope, names: readonly string[]): Promise<readonly Labels[]>;
  /** One value per stack; above 200,000 the smallest are added up to one stack `other`, except below a call site. */
  merged(query: ProfileQuery): Promise<MergedProfile>;
  callTree(query: ProfileQuery): Promise<MergedTree>;
  /** Throws badParameter when there are more than 64 names in `groupBy`. */
  timeline(query: ProfileTimelineQuery): Promise<readonly TimelineSeries[]>;
  services(range: TimeRange): Promise<readonly ServiceSummary[]>;
}

export interface QueryOptions {
  readonly store: ProfileStore;
  /** ms since the epoch. */
  readonly now: () => number;
  /** 0 = for ever. */
  readonly retentionMs: number;
  readonly timeoutMs: number;
}

export function createQueries({ store, now, retentionMs, timeoutMs }: QueryOptions): Queries {
  const tenant = DEFAULT_TENANT;
  const cutoff = (): bigint => cutoffOf(now(), retentionMs);
  const within = async <T>(
    range: TimeRange,
    nothing: T,
    ask: (range: TimeRange, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const clamped = clampRange(range, cutoff());
    return clamped ? withDeadline(timeoutMs, (signal) => ask(clamped, signal)) : nothing;
  };

  const merge = async (query: ProfileQuery, range: TimeRange, signal: AbortSignal): Promise<MergedProfile> => {
    const { selector, profileType, aggregation, callSite } = query;
    // Below a call site every stack counts: which of them begin with it is not known before their frames are.
    const maxStacks = callSite.length === 0 ? MAX_STACKS : undefined;
    const asked = { tenant, selector, range, profileType: profileType.id, aggregation, maxStacks };
    const merged = await store.mergeStacks(asked, signal);
    return { ...merged, values: valuesAt(callSite, merged.stacks, merged.values) };
  };

  const merged = (query: ProfileQuery): Promise<MergedProfile> =>
    within(query.range, NOTHING, (range, signal) => merge(query, range, signal));

  const timeline = async (
    query: ProfileTimelineQuery,
    range: TimeRange,
    signal: AbortSignal,
  ): Promise<readonly TimelineSeries[]> => {
    const { selector, profileType, aggregation, callSite, stepNs, groupBy } = query;
    const asked = { tenant, selector, range, profileType: profileType.id, aggregation, stepNs, groupBy };
    if (callSite.length === 0) return store.timeline(asked, signal);
    const { values } = await merge({ ...query, aggregation: 'sum' }, range, signal);
    return values.size === 0 ? [] : store.timeline({ ...asked, onlyStacks: new Set(values.keys()) }, signal);
  };

  return {
    async profileTypes(range) {
      const ids = await within<readonly string[]>(range, [], (range, signal) =>
        store.profileTypes({ tenant, selector: [], range }, signal),
      );
      return ids.map(parseProfileType);
    },
    labelNames: ({ selector, range }) =>
      within<readonly string[]>(range, [], (range, signal) => store.labelNames({ tenant, selector, range }, signal)),
    labelValues: ({ selector, range }, name) =>
      within<readonly string[]>(range, [], (range, signal) =>
        store.labelValues({ tenant, selector, range }, name, signal),
      ),
    series: ({ selector, range }, names) =>
      within<readonly Labels[]>(range, [], (range, signal) => store.series({ tenant, selector, range }, names, signal)),
    merged,
    async callTree(query) {
      const { stacks, values, profileCount, seriesCount } = await merged(query);
      return { tree: buildCallTree(stacks, values), profileCount, seriesCount, stackCount: values.size };
    },
    async timeline(query) {
      const names = query.groupBy.length;
      if (names > MAX_GROUP_BY) {
        throw problem('badParameter', { name: 'groupBy', why: `${names} labels are more than ${MAX_GROUP_BY}` });
      }
      const range = timelineRange(query.range, query.stepNs, cutoff());
      if (!range) return [];
      const series = await withDeadline(timeoutMs, (signal) => timeline(query, range, signal));
      return series.flatMap((one) => withoutPoint(one, range.fromNs));
    },
    services: (range) =>
      within<readonly ServiceSummary[]>(range, [], (range, signal) => store.services(tenant, range, signal)),
  };
}

const NOTHING: MergedProfile = { stacks: new Map(), values: new Map(), profileCount: 0, seriesCount: 0 };

/** Drops the point at the begin of the read range, which belongs to the step before the first that was asked for. */
function withoutPoint(series: TimelineSeries, timeNs: bigint): TimelineSeries[] {
  if (series.timesMs[0] !== Number(timeNs / NS_PER_MS)) return [series];
  const rest = { ...series, timesMs: series.timesMs.slice(1), values: series.values.slice(1) };
  return rest.timesMs.length === 0 ? [] : [rest];
}
