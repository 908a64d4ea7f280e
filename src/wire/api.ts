/** Answers of Leakscope's own API (`/api/v1`); docs/http-api.md describes each. */
import type {
  Estimate,
  Evidence,
  FindingKind,
  FindingState,
  FindingVerdict,
  Message,
  Reason,
  SourcePoint,
  Verdict,
} from '../model/finding.ts';

export interface Finding {
  readonly id: string;
  readonly service: string;
  readonly version: string | null;
  readonly verdict: FindingVerdict;
  readonly state: FindingState;
  readonly kind: FindingKind;
  readonly score: number;
  readonly headline: string;
  readonly lead: string;
  readonly messages: { readonly headline: Message; readonly lead: Message };
  /** ISO 8601, UTC. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly growingSince: string;
  readonly closedBecause: string | null;
  readonly levelledOff: boolean;
  readonly instances: number;
  readonly site: SourcePoint;
  readonly waitState: string | null;
  readonly spawn: { readonly function: string } | null;
  readonly allocation: SourcePoint | null;
  readonly culprit: SourcePoint;
  readonly rate: { readonly goroutinesPerSecond: Estimate | null; readonly bytesPerSecond: Estimate | null };
  readonly reasons: readonly Reason[];
}

/** GET /api/v1/findings[?service=&verdict=&state=]; open and regressed unless `state` says otherwise, most urgent first. */
export interface FindingsAnswer {
  readonly findings: readonly Finding[];
}

/** GET /api/v1/findings/:id */
export interface CaseAnswer {
  readonly finding: Finding;
  readonly evidence: Evidence;
  readonly judgedAt: string;
}

/** A small series for a sparkline: point i is at `fromMs + i * stepMs`; null where no profile arrived. */
export interface Spark {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly values: readonly (number | null)[];
}

/** GET /api/v1/services[?from=&until=] */
export interface ServicesAnswer {
  readonly services: readonly Service[];
  readonly judgedAt: string | null;
}

export interface Service {
  readonly name: string;
  readonly verdict: Verdict;
  /** Why there is no verdict yet, or what was judged; one sentence. */
  readonly note: string;
  readonly versions: readonly string[];
  readonly instances: number;
  readonly findings: number;
  readonly lastSeen: string;
  /** True where the service stopped to send, whatever its verdict. */
  readonly isSilent: boolean;
  readonly firstSeen: string;
  readonly profileTypes: readonly string[];
  readonly goroutines: Spark | null;
  readonly heapBytes: Spark | null;
  /** Most urgent open finding; null when steady. */
  readonly topFinding: Finding | null;
}

/** GET /api/v1/status */
export interface StatusAnswer {
  readonly version: string;
  readonly now: string;
  readonly profilesStored: number;
  readonly leakMinAgeMs: number;
  /** 0 = for ever. */
  readonly retentionMs: number;
  readonly sizeBytes: number;
}

/**
 * GET /api/v1/calltree?service=&type=&q=&from=&until=&agg=
 * The merged call tree in columns. Node 0 is the root `total`; parents come before children, siblings by total,
 * largest first. Small nodes may be left out (`folded`); `functions` is computed before that and exact.
 */
export interface CallTreeAnswer {
  readonly profileType: string;
  readonly unit: string;
  readonly isGauge: boolean;
  readonly aggregation: string;
  readonly total: number;
  readonly profileCount: number;
  readonly seriesCount: number;
  readonly stackCount: number;
  readonly elapsedMs: number;
  readonly strings: readonly string[];
  readonly nodes: {
    readonly parent: readonly number[];
    /** Index into `strings`. */
    readonly name: readonly number[];
    readonly file: readonly number[];
    readonly line: readonly number[];
    readonly self: readonly number[];
    readonly total: readonly number[];
  };
  readonly folded: { readonly nodes: number; readonly value: number };
  readonly functions: {
    readonly name: readonly number[];
    readonly file: readonly number[];
    readonly self: readonly number[];
    readonly total: readonly number[];
  };
}
