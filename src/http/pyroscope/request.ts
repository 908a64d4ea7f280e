import { problem } from '../../base/problem.ts';

import { joinSelectors, parseSelector, type Selector } from '../../model/selector.ts';
import { NS_PER_MS, type TimeRange } from '../../model/time-range.ts';
import type { CallSite } from '../../query/call-site.ts';
import type { SelectMergeStacktracesRequest } from '../../wire/gen/querier/v1/querier_pb.ts';
import type { StackTraceSelector } from '../../wire/gen/types/v1/types_pb.ts';

/** Nodes of a flame graph where the request names no limit. */
const DEFAULT_MAX_NODES = 8192;
/** Largest limit that may be asked for. */
const MAX_MAX_NODES = 1_048_576;
/** Longest step of a timeline: a leap year. */
const MAX_STEP_S = 366 * 86_400;

/** ms since the epoch to a range that includes its last millisecond. Throws missingTimeRange, badTimeRange. */
export function rangeOf(startMs: bigint, endMs: bigint): TimeRange {
  if (startMs === 0n || endMs === 0n) throw problem('missingTimeRange', {});
  if (startMs > endMs) throw problem('badTimeRange', { why: `start ${startMs} is after end ${endMs}` });
  return { fromNs: startMs * NS_PER_MS, untilNs: (endMs + 1n) * NS_PER_MS - 1n };
}

/** One selector; `{}` selects everything, an empty text is refused. Throws badSelector. */
export function selectorOf(text: string): Selector {
  if (text.trim() === '') throw problem('badSelector', { position: 0, why: 'is empty; {} selects everything' });
  return parseSelector(text);
}

/** All conditions of several selectors. Throws badSelector. */
export function selectorOfAll(texts: readonly string[]): Selector {
  return joinSelectors(texts.map(selectorOf));
}

/** Absent and 0 mean the default. Throws badParameter. */
export function maxNodesOf(maxNodes: bigint | undefined): number {
  if (maxNodes === undefined || maxNodes === 0n) return DEFAULT_MAX_NODES;
  if (maxNodes < 0n || maxNodes > BigInt(MAX_MAX_NODES)) {
    throw problem('badParameter', { name: 'maxNodes', why: `${maxNodes} is not between 0 and ${MAX_MAX_NODES}` });
  }
  return Number(maxNodes);
}

/** Throws notOffered for Go PGO. */
export function callSiteOf(selector: StackTraceSelector | undefined): CallSite {
  if (selector?.goPgo) throw problem('notOffered', { what: '`stackTraceSelector.goPgo`' });
  return selector?.callSite.map((location) => location.name) ?? [];
}

/** Seconds to ns, cut to whole milliseconds. Throws badParameter. */
export function stepNsOf(stepS: number): bigint {
  const ms = Math.floor(stepS * 1000 + 1e-6);
  if (!(ms >= 1 && stepS <= MAX_STEP_S)) {
    throw problem('badParameter', { name: 'step', why: `${stepS} is not between 0.001 and ${MAX_STEP_S} seconds` });
  }
  return BigInt(ms) * NS_PER_MS;
}

/** Refuses what would change the answer but is not done: answering all profiles instead would be wrong silently. */
export function refuseUnknownSelectors(request: SelectMergeStacktracesRequest): void {
  const { async, profileIdSelector, spanSelector, traceIdSelector } = request;
  const asked = {
    profileIdSelector: profileIdSelector.length > 0,
    spanSelector: spanSelector.length > 0,
    traceIdSelector: traceIdSelector.length > 0,
    async: async !== undefined && (async.requestId !== '' || async.type !== 0),
  };
  for (const [name, isAsked] of Object.entries(asked)) {
    if (isAsked) throw problem('notOffered', { what: `\`${name}\`` });
  }
}
