import type { Segment, ServiceHistory } from '../model/history.ts';
import type { StackId } from '../model/stack.ts';
import type { Source } from './connection.ts';
import { readFrames } from './frames.ts';
import { planHistory, readSegmentSizes } from './history-plan.ts';
import { type Identity, type Points, readIdentities, readPoints } from './history-points.ts';
import { readHistoryValues } from './history-values.ts';
import type { HistoryQuery } from './profile-store.ts';

/** pprof's default rate of heap sampling, where no profile says another. */
const DEFAULT_HEAP_PERIOD_BYTES = 524_288;

/**
 * Per-stack series of one service, at most `maxPoints` per segment and kind; see `history-points.ts` for how profiles
 * become points, `history-plan.ts` for how much of a service with very many segments is read.
 */
export async function readHistory(source: Source, query: HistoryQuery): Promise<ServiceHistory> {
  const plan = planHistory(await readSegmentSizes(source, query), query.maxPoints);
  const planned = { ...query, maxPoints: plan.maxPoints };
  const points = await readPoints(source, planned, plan.segmentIds);
  const identities = await readIdentities(source, query);
  await readHistoryValues(source, planned, points, plan.maxStacks);

  const bySegment = new Map<bigint, Points[]>();
  for (const one of points) bySegment.set(one.segmentId, [...(bySegment.get(one.segmentId) ?? []), one]);
  const segments: Segment[] = [];
  const ids = new Set<StackId>();
  for (const [segmentId, kinds] of bySegment) {
    const identity = identities.get(segmentId);
    if (identity !== undefined) segments.push(toSegment(identity, kinds));
    for (const { byStack } of kinds) for (const id of byStack.keys()) ids.add(id);
  }
  const { tenant, service, range } = query;
  const stacks = await readFrames(source, { tenant, services: [service], range, ids });
  return { service, segments, stacks };
}

function toSegment(identity: Identity, kinds: readonly Points[]): Segment {
  const of = (kind: Points['kind']): Points | null => kinds.find((one) => one.kind === kind) ?? null;
  const period = of('inuse_space')?.period ?? of('inuse_objects')?.period ?? 0;
  return {
    ...identity,
    goroutines: of('goroutine'),
    goroutineLeaks: of('goroutineleak'),
    inuseSpace: of('inuse_space'),
    inuseObjects: of('inuse_objects'),
    allocSpace: of('alloc_space'),
    heapPeriodBytes: period > 0 ? period : DEFAULT_HEAP_PERIOD_BYTES,
  };
}
