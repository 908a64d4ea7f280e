/**
 * What the leak engine says, in the shape that the API, the ledger, the UI and the CLI share. JSON-safe throughout:
 * no bigint, times as ISO 8601 UTC or ms since the epoch, unknown parts null.
 */

export type Verdict = 'leak' | 'watch' | 'steady' | 'nodata';
export type FindingVerdict = 'leak' | 'watch';
export type FindingKind = 'goroutine' | 'heap' | 'both';
export type FindingState = 'open' | 'muted' | 'fixed' | 'confirmed' | 'regressed' | 'closed';

/** Findings that someone should look at. */
export const OPEN_STATES: readonly FindingState[] = ['open', 'regressed'];

/** A place in source: function, file (base path as the profile has it) and line; line 0 where unknown. */
export interface SourcePoint {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** A value with its 90 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A sentence with what it was made of, so that it can be translated or marked up. */
export interface Message {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number | null>>;
}

/** How a reason bears on the verdict: speaks for a leak, rules a false friend out, speaks against, or is not known. */
export type ReasonGroup = 'for' | 'ruledOut' | 'against' | 'unknown';

/** One rule with its outcome and the numbers it was decided on. */
export interface Reason {
  /** Name of the rule, stable: `gate`, `shape`, `turnover`, `retention`, `load`, `age`, `proof`, `restart`, `join`, `instances`, … */
  readonly rule: string;
  readonly passed: boolean;
  readonly group: ReasonGroup;
  /** One sentence with its numbers. */
  readonly text: string;
  /** The numbers by name, with the unit in the name. */
  readonly [number: string]: string | number | boolean | null;
}

/** One grown site, or a goroutine and a heap site joined: all that the engine says about it at one evaluation. */
export interface Incident {
  /** Identities of every site in the group, head first; without line numbers, so that they hold across versions. */
  readonly siteKeys: readonly string[];
  readonly verdict: FindingVerdict;
  readonly kind: FindingKind;
  /** 0-100; orders findings of one verdict, decides nothing. */
  readonly score: number;
  readonly version: string | null;
  /** Instances (not sessions) on which the site grows now. */
  readonly instances: number;
  readonly headline: string;
  readonly lead: string;
  readonly messages: { readonly headline: Message; readonly lead: Message };
  /** Begin of the growth seen, and time of the last profile looked at, ms since the epoch. */
  readonly growingSinceMs: number;
  readonly lastPointMs: number;
  readonly site: SourcePoint;
  /** In Go's own words ("chan send"); null for heap-only findings. */
  readonly waitState: string | null;
  /** Function whose `go` statement started the goroutines, read off the entry function's name; null where unknown. */
  readonly spawn: { readonly function: string } | null;
  readonly allocation: SourcePoint | null;
  /** The user function to look at first. */
  readonly culprit: SourcePoint;
  readonly rate: {
    readonly goroutinesPerSecond: Estimate | null;
    readonly bytesPerSecond: Estimate | null;
  };
  readonly reasons: readonly Reason[];
  /** Growth ended but what has leaked is still there: the finding stays open, and says so. */
  readonly levelledOff: boolean;
  readonly evidence: Evidence;
}

/** The series and stacks behind an incident, enough to draw its case file. */
export interface Evidence {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Goroutines at the site, per segment; at most 24 segments, steepest first. */
  readonly goroutines: readonly SegmentSeries[];
  /** Bytes in use at the allocation sites of the group, per segment. */
  readonly heapBytes: readonly SegmentSeries[];
  /** The blocked stack of the largest share, or the allocating one for heap findings; leaf first. */
  readonly stack: readonly EvidenceFrame[];
  readonly goroutinesNow: number | null;
  readonly bytesNow: number | null;
  /** Growth of bytes over growth of goroutines; null without a join. */
  readonly bytesPerGoroutine: Estimate | null;
  readonly allocations: readonly AllocationSite[];
  /** Exact counts at the site by pprof label are not kept; proof by the runtime, where it sent any. */
  readonly provenGoroutines: number | null;
}

export interface SegmentSeries {
  readonly instance: string;
  readonly version: string | null;
  readonly session: string | null;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export type FrameRole = 'runtime' | 'standard' | 'dependency' | 'own';

export interface EvidenceFrame extends SourcePoint {
  readonly role: FrameRole;
  /** True for the frame that the finding names as its site. */
  readonly isSite: boolean;
}

export interface AllocationSite extends SourcePoint {
  readonly calledBy: SourcePoint | null;
  readonly bytesNow: number;
  readonly bytesPerSecond: number;
  readonly bytesPerGoroutine: number | null;
}

/** What one evaluation says of a service. */
export interface Judgement {
  readonly service: string;
  readonly verdict: Verdict;
  /** Why `nodata`, or when it will be judged; one sentence. */
  readonly note: string;
  /** True where the service stopped to send; false too where nothing is known of it. */
  readonly isSilent: boolean;
  readonly incidents: readonly Incident[];
}
