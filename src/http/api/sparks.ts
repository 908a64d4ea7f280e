import { SERVICE_LABEL } from '../../model/identity.ts';
import { parseProfileType } from '../../model/profile-type.ts';
import { NS_PER_MS, type TimeRange } from '../../model/time-range.ts';
import type { Queries } from '../../query/queries.ts';
import type { ServiceSummary, TimelineSeries } from '../../store/profile-store.ts';
import type { Spark } from '../../wire/api.ts';

/** About as many points as a sparkline has pixels to show. */
const POINTS = 60;
const MIN_STEP_MS = 1000;

const GOROUTINES = ['goroutine', 'goroutines'];
const HEAP_BYTES = ['inuse_space'];

/** Goroutines and heap in use of every service, added over its instances; by service name. */
export interface Sparks {
  readonly goroutines: ReadonlyMap<string, Spark>;
  readonly heapBytes: ReadonlyMap<string, Spark>;
}

/** Asks once per profile type for all services together. The range is cut to where there are data. */
export async function sparksOf(
  queries: Pick<Queries, 'timeline'>,
  services: readonly ServiceSummary[],
  range: TimeRange,
): Promise<Sparks> {
  if (services.length === 0) return { goroutines: new Map(), heapBytes: new Map() };
  const grid = gridOf(services, range);
  const [goroutines, heapBytes] = await Promise.all([
    sparksOfTypes(queries, services, GOROUTINES, grid),
    sparksOfTypes(queries, services, HEAP_BYTES, grid),
  ]);
  return { goroutines, heapBytes };
}

interface Grid {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly points: number;
}

function gridOf(services: readonly ServiceSummary[], range: TimeRange): Grid {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { firstSeenNs, lastSeenNs } of services) {
    firstMs = Math.min(firstMs, Number(firstSeenNs / NS_PER_MS));
    lastMs = Math.max(lastMs, Number(lastSeenNs / NS_PER_MS));
  }
  const fromMs = Math.max(Number(range.fromNs / NS_PER_MS), firstMs);
  const untilMs = Math.min(Number(range.untilNs / NS_PER_MS), lastMs);
  const spanMs = Math.max(untilMs - fromMs, 0);
  const stepMs = Math.max(Math.ceil(spanMs / POINTS), MIN_STEP_MS);
  return { fromMs, stepMs, points: Math.ceil(spanMs / stepMs) + 1 };
}

async function sparksOfTypes(
  queries: Pick<Queries, 'timeline'>,
  services: readonly ServiceSummary[],
  sampleTypes: readonly string[],
  grid: Grid,
): Promise<Map<string, Spark>> {
  const known = new Set(services.flatMap((service) => service.profileTypes));
  const types = [...known].map(parseProfileType).filter((type) => sampleTypes.includes(type.sampleType));
  const sparks = new Map<string, Spark>();
  for (const profileType of types.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const series = await queries.timeline({
      profileType,
      selector: [],
      range: {
        fromNs: BigInt(grid.fromMs) * NS_PER_MS,
        untilNs: BigInt(grid.fromMs + grid.stepMs * (grid.points - 1)) * NS_PER_MS,
      },
      aggregation: 'mean',
      callSite: [],
      stepNs: BigInt(grid.stepMs) * NS_PER_MS,
      groupBy: [SERVICE_LABEL],
    });
    for (const one of series) {
      const service = one.labels[SERVICE_LABEL];
      // One service, two ids of the same thing: an old and a new client. The first is enough for a sparkline.
      if (service !== undefined && !sparks.has(service)) sparks.set(service, sparkOf(one, grid));
    }
  }
  return sparks;
}

function sparkOf(series: TimelineSeries, { fromMs, stepMs, points }: Grid): Spark {
  const bins = new Array<number | null>(points).fill(null);
  series.timesMs.forEach((timeMs, i) => {
    const at = Math.round((timeMs - fromMs) / stepMs);
    if (at >= 0 && at < points) bins[at] = series.values[i]!;
  });
  return coarsen({ fromMs, stepMs, values: bins }, usualGap(bins));
}

/** Bins from one filled bin to the next, nine times in ten: how often the service sends. */
function usualGap(bins: readonly (number | null)[]): number {
  const filled = bins.flatMap((value, at) => (value === null ? [] : [at]));
  const gaps = filled.slice(1).map((at, i) => at - filled[i]!);
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.9)] ?? 1;
}

/**
 * Joins bins, so that a service that sends less often than the grid has no holes: a null means that it fell silent.
 * Counts from the end, where the latest value is.
 */
function coarsen({ fromMs, stepMs, values }: Spark, factor: number): Spark {
  const joined: (number | null)[] = [];
  for (let until = values.length; until > 0; until -= factor) {
    const known = values.slice(Math.max(until - factor, 0), until).filter((value) => value !== null);
    joined.unshift(known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length);
  }
  const lastMs = fromMs + (values.length - 1) * stepMs;
  return { fromMs: lastMs - (joined.length - 1) * factor * stepMs, stepMs: factor * stepMs, values: joined };
}
