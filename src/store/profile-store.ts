import type { ServiceHistory } from '../model/history.ts';
import type { Labels } from '../model/labels.ts';
import type { Selector } from '../model/selector.ts';
import type { StackId, Stacks, StackValues } from '../model/stack.ts';
import type { TimeRange } from '../model/time-range.ts';

/** Everything that is kept, behind one interface. Nothing outside `store/` knows SQL. */
export interface ProfileStore {
  /**
   * Commits uploads. When it resolves, all of them are seen by queries and survive SIGKILL. When it throws, none is
   * promised, but some may be there: each whole, with its symbols, or not at all. Sending such an upload again is safe
   * for gauges and doubles counters. Callers bound the batch: its text, about 20 bytes a value, is held in memory.
   */
  append(uploads: readonly Upload[]): Promise<void>;

  // Questions: `signal` ends them between two statements, throwing what it was aborted with. All throw queryTimeout,
  // queryMemory, and storeBusy when too many wait; those with a selector badSelector, those with a type badProfileType.

  /** Ids of the profile types that have profiles in the range, sorted. */
  profileTypes(query: SeriesQuery, signal?: AbortSignal): Promise<readonly string[]>;
  /** Names of the labels of matching series, sorted, with the virtual ones (`service_name`, `__profile_type__`, …). */
  labelNames(query: SeriesQuery, signal?: AbortSignal): Promise<readonly string[]>;
  /** Values of one label over matching series, sorted. */
  labelValues(query: SeriesQuery, name: string, signal?: AbortSignal): Promise<readonly string[]>;
  /** Distinct label sets of matching series, cut down to `labelNames` (all when empty). */
  series(query: SeriesQuery, labelNames: readonly string[], signal?: AbortSignal): Promise<readonly Labels[]>;

  /** Merges all matching profiles to one value per stack; see `Aggregation`. Empty stacks (id 0) are left out. */
  mergeStacks(query: MergeStacksQuery, signal?: AbortSignal): Promise<MergedProfile>;
  /** Totals over time, one series per combination of the `groupBy` labels. Empty stacks count. */
  timeline(query: TimelineQuery, signal?: AbortSignal): Promise<readonly TimelineSeries[]>;

  /** Services with profiles in the range, by name. */
  services(tenant: string, range: TimeRange, signal?: AbortSignal): Promise<readonly ServiceSummary[]>;
  /**
   * Per-stack series of one service for the leak engine, at most `maxPoints` per segment and type; of a service with
   * very many segments fewer points, then fewer segments (`src/store/history-plan.ts`).
   */
  history(query: HistoryQuery, signal?: AbortSignal): Promise<ServiceHistory>;

  /** The ledger: the findings of a tenant that pass the filter as they are now; without it all. */
  findings(tenant: string, filter?: FindingFilter): Promise<readonly FindingRow[]>;
  finding(tenant: string, id: string): Promise<LedgerRow | undefined>;
  /** Writes new states of findings; the newest row of an id counts. */
  putFindings(tenant: string, rows: readonly LedgerRow[]): Promise<void>;

  /**
   * Deletes profiles, symbols and series older than `cutoffNs`, and findings that closed before; resolves when no query
   * sees the profiles any more. Returns how many of them (one per upload and sample type) went. Files of whole days are
   * gone by then, rewritten ones a few minutes later. `signal` ends the waiting; what was begun goes on, also after a
   * restart.
   */
  deleteOlderThan(cutoffNs: bigint, signal?: AbortSignal): Promise<number>;
  /** Of all tenants; answered at once, whatever queries run. */
  stats(): Promise<StoreStats>;
  close(): Promise<void>;
}

/** One accepted profile. All rows share `stackIds`. */
export interface Upload {
  readonly tenant: string;
  readonly service: string;
  /** With `service_name`, without `__profile_type__` and its parts. */
  readonly labels: Labels;
  readonly timeNs: bigint;
  readonly durationNs: bigint;
  readonly period: bigint;
  /** Ascending, distinct; 0 stands for the empty stack. */
  readonly stackIds: BigUint64Array;
  readonly rows: readonly UploadRow[];
  readonly symbols: StackSymbols;
}

export interface UploadRow {
  readonly profileType: string;
  /** Aligned with `stackIds`. */
  readonly values: BigInt64Array;
  readonly total: bigint;
}

/**
 * Frames of the stacks of an upload, in columns that cross a worker boundary cheaply.
 * Stack i (aligned with `stackIds`) is `stackFrames[stackOffsets[i] .. stackOffsets[i + 1])`, leaf first; frame f has
 * function `strings[frameFunction[f]]`, file `strings[frameFile[f]]` and line `frameLine[f]`.
 */
export interface StackSymbols {
  readonly strings: readonly string[];
  readonly frameFunction: Int32Array;
  readonly frameFile: Int32Array;
  readonly frameLine: Int32Array;
  readonly stackOffsets: Int32Array;
  readonly stackFrames: Int32Array;
}

export interface SeriesQuery {
  readonly tenant: string;
  readonly selector: Selector;
  readonly range: TimeRange;
}

/**
 * How snapshots of a gauge become one value per stack: mean over the snapshots of each series, then added over series
 * (`mean`); the last or largest snapshot of each series, added (`last`, `max`); or all snapshots added (`sum`).
 * Counters are always added; the setting does not apply to them.
 */
export type Aggregation = 'mean' | 'last' | 'max' | 'sum';

export interface MergeQuery extends SeriesQuery {
  readonly profileType: string;
  readonly aggregation: Aggregation;
}

export interface MergeStacksQuery extends MergeQuery {
  /** The largest so many; the others are added up to one stack of `OTHER_FRAME`, on top of that number. Absent: all. */
  readonly maxStacks?: number | undefined;
}

export interface MergedProfile {
  readonly values: StackValues;
  readonly stacks: Stacks;
  readonly profileCount: number;
  readonly seriesCount: number;
}

export interface TimelineQuery extends MergeQuery {
  /** The point at t = from + k * step covers (t - step, t]; points after the range's end are left out. */
  readonly stepNs: bigint;
  readonly groupBy: readonly string[];
  /** Only stacks in this set count; absent: all. */
  readonly onlyStacks?: ReadonlySet<StackId>;
}

export interface TimelineSeries {
  readonly labels: Labels;
  /** Only steps that have profiles. */
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export interface ServiceSummary {
  readonly name: string;
  readonly versions: readonly string[];
  readonly instances: readonly string[];
  readonly profileTypes: readonly string[];
  readonly firstSeenNs: bigint;
  readonly lastSeenNs: bigint;
}

export interface HistoryQuery {
  readonly tenant: string;
  readonly service: string;
  readonly range: TimeRange;
  readonly maxPoints: number;
}

/** What a finding must be; absent: anything. */
export interface FindingFilter {
  readonly service?: string | undefined;
  readonly states?: readonly string[] | undefined;
  readonly verdict?: string | undefined;
}

export interface FindingRow {
  /** Decimal, stable for ever. */
  readonly id: string;
  readonly service: string;
  readonly state: string;
  readonly verdict: string;
  readonly updatedNs: bigint;
  /** JSON, as `judge/` writes it. */
  readonly finding: string;
}

export interface LedgerRow extends FindingRow {
  /** JSON; many times as large as the finding, and so read with one finding only. */
  readonly evidence: string;
}

export interface StoreStats {
  /** One per upload and sample type. */
  readonly profiles: number;
  readonly sizeBytes: number;
}
