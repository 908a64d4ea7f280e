import type { FastifyInstance } from 'fastify';
import { flameOf } from '../../analysis/flame.ts';
import { foldCallTree } from '../../analysis/fold.ts';
import { problem } from '../../base/problem.ts';
import { parseAttimeNs } from '../../model/attime.ts';
import type { Labels } from '../../model/labels.ts';
import { type ProfileType, parseProfileType } from '../../model/profile-type.ts';
import type { Selector } from '../../model/selector.ts';
import { NS_PER_MS, NS_PER_S, type TimeRange } from '../../model/time-range.ts';
import type { Queries } from '../../query/queries.ts';
import type { Aggregation } from '../../store/profile-store.ts';
import { gzipAnswers } from '../gzip-answers.ts';
import { type Flamebearer, flamebearerOf, flamebearerTimeline } from './flamebearer.ts';
import { maxNodesOf, rangeOf, selectorOf } from './request.ts';
import { timelineStepS } from './timeline-step.ts';

interface RenderRequest {
  readonly profileType: ProfileType;
  readonly selector: Selector;
  readonly range: TimeRange;
  readonly maxNodes: number;
  readonly aggregation: Aggregation;
  /** Pyroscope groups by the first only, and so do we. */
  readonly groupBy: readonly string[];
}

/** `GET /pyroscope/render`: flame graph and timeline of one query as flamebearer JSON. */
export function registerRender(
  app: FastifyInstance,
  { queries, now }: { readonly queries: Queries; readonly now: () => number },
): void {
  app.get('/pyroscope/render', { onSend: gzipAnswers }, async (request, reply) => {
    const parameters = new URL(request.url, 'http://localhost').searchParams;
    reply.header('Cache-Control', 'no-store');
    return render(queries, readRequest(parameters, now()));
  });
}

async function render(queries: Queries, request: RenderRequest): Promise<Flamebearer> {
  const { profileType, selector, range, maxNodes, aggregation, groupBy } = request;
  const query = { profileType, selector, range, aggregation, callSite: [] };
  const stepS = timelineStepS(Number((range.untilNs - range.fromNs) / NS_PER_S));
  const timeline = { ...query, stepNs: BigInt(stepS) * NS_PER_S };
  const [{ tree }, [total], grouped] = await Promise.all([
    queries.callTree({ ...query, aggregation: 'mean' }),
    queries.timeline({ ...timeline, groupBy: [] }),
    groupBy.length === 0 ? null : queries.timeline({ ...timeline, groupBy }),
  ]);
  const rows = grouped?.map(
    (series) => [labelOf(series.labels, groupBy[0]!), flamebearerTimeline(series, range, stepS)] as const,
  );
  const flame = flameOf(foldCallTree(tree, maxNodes).tree);
  const groups = rows ? Object.fromEntries(rows) : null;
  return flamebearerOf(flame, profileType, flamebearerTimeline(total, range, stepS), groups);
}

/** What the series is called in `groups`: its value of the label, `*` where it has none. */
function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? labels[name]! : '*';
}

function readRequest(parameters: URLSearchParams, nowMs: number): RenderRequest {
  const format = parameters.get('format') ?? 'json';
  if (format !== 'json') throw problem('badParameter', { name: 'format', why: `${format} is not offered; only json` });
  const nowNs = BigInt(Math.floor(nowMs)) * NS_PER_MS;
  const timeMs = (name: string): bigint => {
    const text = parameters.get(name) ?? '';
    return (text === '' ? nowNs : parseAttimeNs(text, nowNs)) / NS_PER_MS;
  };
  return {
    ...readQuery(parameters.get('query') ?? ''),
    range: rangeOf(timeMs('from'), timeMs('until')),
    maxNodes: maxNodesOf(readCount(parameters, 'maxNodes') ?? readCount(parameters, 'max-nodes')),
    aggregation: readAggregation(parameters.get('aggregation')),
    groupBy: parameters
      .getAll('groupBy')
      .filter((name) => name !== '')
      .slice(0, 1),
  };
}

/** `<profile type>{<matchers>}`; the braces may be left out. */
function readQuery(query: string): { profileType: ProfileType; selector: Selector } {
  if (query === '') throw problem('badParameter', { name: 'query', why: 'is missing' });
  const brace = query.indexOf('{');
  const type = brace === -1 ? query : query.slice(0, brace);
  return {
    profileType: parseProfileType(type.trim()),
    selector: selectorOf(brace === -1 ? '{}' : query.slice(brace)),
  };
}

function readCount(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '') return undefined;
  if (!/^-?\d{1,18}$/.test(text)) throw problem('badParameter', { name, why: `\`${text}\` is not a whole number` });
  return BigInt(text);
}

function readAggregation(text: string | null): Aggregation {
  if (text === null || text === '' || text === 'avg') return 'mean';
  if (text === 'sum') return 'sum';
  throw problem('badParameter', { name: 'aggregation', why: `\`${text}\` is neither sum nor avg` });
}
