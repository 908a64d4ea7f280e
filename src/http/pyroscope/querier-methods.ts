import { create } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { diffTrees, foldDiffTree } from '../../analysis/diff.ts';
import { type Flame, flameOf, flameOfDiff } from '../../analysis/flame.ts';
import { foldCallTree } from '../../analysis/fold.ts';
import { problem } from '../../base/problem.ts';
import type { Labels } from '../../model/labels.ts';
import { parseProfileType } from '../../model/profile-type.ts';
import type { ProfileQuery, Queries } from '../../query/queries.ts';
import type { Aggregation, TimelineSeries } from '../../store/profile-store.ts';
import {
  DiffResponseSchema,
  ProfileFormat,
  ProfileTypesResponseSchema,
  type QuerierService,
  type SelectMergeStacktracesRequest,
  SelectMergeStacktracesResponseSchema,
  SelectSeriesResponseSchema,
  SeriesResponseSchema,
} from '../../wire/gen/querier/v1/querier_pb.ts';
import {
  LabelNamesResponseSchema,
  LabelValuesResponseSchema,
  TimeSeriesAggregationType,
} from '../../wire/gen/types/v1/types_pb.ts';
import { allowsAnyLabelName, isLegacyLabelName, withLegacyNames } from './label-names.ts';
import { pprofMessage } from './pprof-message.ts';
import {
  callSiteOf,
  maxNodesOf,
  rangeOf,
  refuseUnknownSelectors,
  selectorOf,
  selectorOfAll,
  stepNsOf,
} from './request.ts';

/** What ProfileTypes looks at when asked without a range. */
const DEFAULT_TYPES_RANGE_MS = 3_600_000;

type Methods = ServiceImpl<typeof QuerierService>;

/** The methods of `querier.v1.QuerierService`; docs/http-api.md tells what each takes and answers. */
export function querierMethods(queries: Queries, now: () => number): Methods {
  return { ...seriesMethods(queries, now), ...profileMethods(queries) };
}

/** What there is: types, labels, series. */
function seriesMethods(
  queries: Queries,
  now: () => number,
): Pick<Methods, 'profileTypes' | 'labelNames' | 'labelValues' | 'series'> {
  return {
    async profileTypes({ start, end }) {
      const untilMs = BigInt(Math.floor(now()));
      const isUnset = start === 0n && end === 0n;
      const range = isUnset ? rangeOf(untilMs - BigInt(DEFAULT_TYPES_RANGE_MS), untilMs) : rangeOf(start, end);
      const types = await queries.profileTypes(range);
      return create(ProfileTypesResponseSchema, {
        profileTypes: types.map(({ id, ...parts }) => ({ ID: id, ...parts })),
      });
    },

    async labelNames({ matchers, start, end }, context) {
      const scope = { selector: selectorOfAll(matchers), range: rangeOf(start, end) };
      const names = await queries.labelNames(scope);
      return create(LabelNamesResponseSchema, { names: names.filter(shownTo(context)) });
    },

    async labelValues({ name, matchers, start, end }) {
      if (name === '') throw problem('badParameter', { name: 'name', why: 'is missing: the label to list' });
      const scope = { selector: selectorOfAll(matchers), range: rangeOf(start, end) };
      return create(LabelValuesResponseSchema, { names: [...(await queries.labelValues(scope, name))] });
    },

    async series({ matchers, labelNames, start, end }, context) {
      const scope = { selector: selectorOfAll(matchers), range: rangeOf(start, end) };
      const series = await queries.series(scope, labelNames);
      const shown = allowsAnyLabelName(context.requestHeader) ? series : withLegacyNames(series);
      return create(SeriesResponseSchema, { labelsSet: shown.map((labels) => ({ labels: pairs(labels) })) });
    },
  };
}

/** What the profiles say. */
function profileMethods(queries: Queries): Pick<Methods, 'selectMergeStacktraces' | 'selectSeries' | 'diff'> {
  return {
    async selectMergeStacktraces(request) {
      const maxNodes = maxNodesOf(request.maxNodes);
      const query = mergeQueryOf(request);
      switch (request.format) {
        case ProfileFormat.UNSPECIFIED:
        case ProfileFormat.FLAMEGRAPH: {
          const { tree } = await queries.callTree(query);
          const flamegraph = flameMessage(flameOf(foldCallTree(tree, maxNodes).tree));
          return create(SelectMergeStacktracesResponseSchema, { flamegraph });
        }
        case ProfileFormat.PPROF: {
          const profile = pprofMessage(await queries.merged(query), query);
          return create(SelectMergeStacktracesResponseSchema, { pprof: { profile } });
        }
        default:
          throw problem('notOffered', { what: `profile format ${ProfileFormat[request.format] ?? request.format}` });
      }
    },

    async selectSeries(request) {
      const series = await queries.timeline({
        profileType: parseProfileType(request.profileTypeID),
        selector: selectorOf(request.labelSelector),
        range: rangeOf(request.start, request.end),
        aggregation: aggregationOf(request.aggregation),
        callSite: callSiteOf(request.stackTraceSelector),
        stepNs: stepNsOf(request.step),
        groupBy: request.groupBy,
      });
      return create(SelectSeriesResponseSchema, {
        series: largestSeries(series, Number(request.limit ?? 0n)).map(({ labels, timesMs, values }) => ({
          labels: pairs(labels),
          points: timesMs.map((timeMs, i) => ({ timestamp: BigInt(timeMs), value: values[i]! })),
        })),
      });
    },

    async diff({ left, right }) {
      if (!left || !right) throw problem('badParameter', { name: left ? 'right' : 'left', why: 'is missing' });
      const maxNodes = Math.max(maxNodesOf(left.maxNodes), maxNodesOf(right.maxNodes));
      const [ofLeft, ofRight] = [mergeQueryOf(left), mergeQueryOf(right)];
      // In turn: the stacks of one side are gone from memory before those of the other come.
      const { tree: a } = await queries.callTree(ofLeft);
      const { tree: b } = await queries.callTree(ofRight);
      const { leftTotal, rightTotal, ...flame } = flameOfDiff(foldDiffTree(diffTrees(a, b), maxNodes));
      const ticks = { leftTicks: BigInt(leftTotal), rightTicks: BigInt(rightTotal) };
      return create(DiffResponseSchema, { flamegraph: { ...flameMessage(flame), ...ticks } });
    },
  };
}

/** Flame graphs of gauges show the mean of the range; the request has no say in it. */
function mergeQueryOf(request: SelectMergeStacktracesRequest): ProfileQuery {
  refuseUnknownSelectors(request);
  return {
    profileType: parseProfileType(request.profileTypeID),
    selector: selectorOf(request.labelSelector),
    range: rangeOf(request.start, request.end),
    aggregation: 'mean',
    callSite: callSiteOf(request.stackTraceSelector),
  };
}

/** An explicit SUM asks for Pyroscope's sum of snapshots; unset and AVERAGE are the mean. */
function aggregationOf(asked: TimeSeriesAggregationType | undefined): Aggregation {
  return asked === TimeSeriesAggregationType.SUM ? 'sum' : 'mean';
}

function largestSeries(series: readonly TimelineSeries[], limit: number): readonly TimelineSeries[] {
  if (limit <= 0) return series;
  const sum = ({ values }: TimelineSeries): number => values.reduce((a, b) => a + b, 0);
  return [...series].sort((a, b) => sum(b) - sum(a)).slice(0, limit);
}

function shownTo(context: HandlerContext): (name: string) => boolean {
  return allowsAnyLabelName(context.requestHeader) ? () => true : isLegacyLabelName;
}

function pairs(labels: Labels): { name: string; value: string }[] {
  return Object.entries(labels).map(([name, value]) => ({ name, value }));
}

function flameMessage({ names, levels, total, maxSelf }: Flame) {
  return {
    names: [...names],
    levels: levels.map((level) => ({ values: level.map(BigInt) })),
    total: BigInt(total),
    maxSelf: BigInt(maxSelf),
  };
}
