import type { FastifyInstance } from 'fastify';
import { foldCallTree } from '../../analysis/fold.ts';
import { functionTable } from '../../analysis/top.ts';
import { SERVICE_LABEL } from '../../model/identity.ts';
import { isGauge, parseProfileType } from '../../model/profile-type.ts';
import { type Matcher, parseSelector, type Selector } from '../../model/selector.ts';
import type { Queries } from '../../query/queries.ts';
import type { CallTreeAnswer } from '../../wire/api.ts';
import type { ApiDeps } from './deps.ts';
import { type Parameters, parametersOf } from './parameters.ts';

/** A browser draws this many well; of larger trees the largest are sent. */
const MAX_NODES = 200_000;

const AGGREGATIONS = ['mean', 'last', 'max', 'sum'] as const;

/** `GET /api/v1/calltree` */
export function registerCallTree(app: FastifyInstance, { queries, now }: ApiDeps): void {
  app.get('/api/v1/calltree', async (request): Promise<CallTreeAnswer> => {
    return callTree(queries, parametersOf(request, now()));
  });
}

async function callTree(queries: Queries, parameters: Parameters): Promise<CallTreeAnswer> {
  const startedMs = performance.now();
  const selector = selectorOf(parameters.required('service'), parameters.text('q'));
  const profileType = parseProfileType(parameters.required('type'));
  const aggregation = parameters.choice('agg', AGGREGATIONS);
  const range = parameters.range('now-1h');
  const query = { selector, profileType, aggregation, range, callSite: [] };
  const { tree: exact, ...counts } = await queries.callTree(query);
  const functions = functionTable(exact);
  const { tree, folded } = foldCallTree(exact, MAX_NODES);
  return {
    profileType: profileType.id,
    unit: profileType.sampleUnit,
    isGauge: isGauge(profileType),
    aggregation: isGauge(profileType) ? aggregation : 'sum',
    total: exact.total[0]!,
    ...counts,
    elapsedMs: Math.round(performance.now() - startedMs),
    // Folding appends to the strings, so the indices of `functions` hold.
    strings: tree.strings,
    nodes: {
      parent: [...tree.parent],
      name: [...tree.name],
      file: [...tree.file],
      line: [...tree.line],
      self: [...tree.self],
      total: [...tree.total],
    },
    folded,
    functions: {
      name: [...functions.name],
      file: [...functions.file],
      self: [...functions.self],
      total: [...functions.total],
    },
  };
}

/** `q` holds matchers with or without their braces. Throws badSelector. */
function selectorOf(service: string, q: string): Selector {
  const ofService: Matcher = { name: SERVICE_LABEL, operator: '=', value: service };
  const text = q.trim();
  if (text === '') return [ofService];
  return [ofService, ...parseSelector(text.startsWith('{') ? text : `{${text}}`)];
}
