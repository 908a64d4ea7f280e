import { useQuery } from '@tanstack/react-query';
import { INSTANCE_LABELS, SERVICE_LABEL, SESSION_LABEL } from '../../../model/identity.ts';
import { isGauge, parseProfileType } from '../../../model/profile-type.ts';
import { formatSelector, type Selector } from '../../../model/selector.ts';
import type { CallTreeAnswer, ServicesAnswer } from '../../../wire/api.ts';
import { connectCall, getJson } from '../../api/client.ts';
import type { Range } from '../../state/range.ts';
import { formatMatchers, type GaugeAggregation, type Selection } from './explore-state.ts';
import { alignDown, denseStepS, timelineOf, timelineStepS, USUAL_STEP_S, type WireSeries } from './timeline-series.ts';

const PER_INSTANCE = [...INSTANCE_LABELS, SESSION_LABEL];

/** The merged call tree of a selection. */
export function useCallTree(selection: Selection | undefined, range: Range, aggregation: GaugeAggregation) {
  const parameters = {
    service: selection?.service,
    type: selection?.type,
    q: selection === undefined || selection.matchers.length === 0 ? undefined : formatMatchers(selection.matchers),
    from: Math.round(range.fromMs),
    until: Math.round(range.untilMs),
    agg: aggregation === 'mean' ? undefined : aggregation,
  };
  return useQuery({
    queryKey: ['calltree', parameters],
    enabled: selection !== undefined,
    queryFn: ({ signal }) => getJson<CallTreeAnswer>('calltree', parameters, signal),
  });
}

/** Total over time, one line per value of `groupBy` or one in all. */
export function useTimeline(selection: Selection, range: Range, groupBy: string | null) {
  const { fromMs, untilMs } = range;
  return useQuery({
    queryKey: ['timeline', selection, fromMs, untilMs, groupBy],
    queryFn: async ({ signal }) => {
      const stepS = timelineStepS(untilMs - fromMs);
      const lines = groupBy === null ? [] : [groupBy];
      // Below the usual interval of clients each instance may miss steps, which only its own line shows.
      const first = await askTimeline(selection, range, stepS, stepS < USUAL_STEP_S ? PER_INSTANCE : lines, signal);
      const denseS = denseStepS(first, stepS);
      if (denseS === stepS && stepS >= USUAL_STEP_S) return first;
      return askTimeline(selection, range, denseS, lines, signal);
    },
  });
}

async function askTimeline(
  selection: Selection,
  range: Range,
  stepS: number,
  groupBy: readonly string[],
  signal: AbortSignal,
) {
  const perSecond = !isGauge(parseProfileType(selection.type));
  const fromMs = alignDown(range.fromMs, stepS);
  // The step that has not ended holds a part of a counter's sum; a gauge's mean of it is as good as any.
  const untilMs = alignDown(range.untilMs, stepS) + (perSecond ? 0 : stepS * 1000);
  const request = {
    profileTypeID: selection.type,
    labelSelector: selectorOf(selection.service, selection.matchers),
    start: String(fromMs),
    end: String(untilMs),
    step: stepS,
    groupBy,
  };
  const { series = [] } = await connectCall<{ series?: WireSeries[] }>('SelectSeries', request, signal);
  return { stepS, ...timelineOf(series, { fromMs, untilMs, stepS, perSecond }) };
}

/** Labels that the selected series have, without those of the server's own bookkeeping. */
export function useLabelNames(service: string, matchers: Selector, range: Range, enabled = true) {
  const request = { matchers: [selectorOf(service, matchers)], ...bounds(range) };
  return useQuery({
    queryKey: ['labelNames', request],
    enabled,
    queryFn: async ({ signal }) => {
      const { names = [] } = await connectCall<{ names?: string[] }>('LabelNames', request, signal);
      return names.filter((name) => !name.startsWith('__') && name !== SERVICE_LABEL);
    },
  });
}

export function useLabelValues(name: string, service: string, matchers: Selector, range: Range) {
  const others = matchers.filter((matcher) => matcher.name !== name);
  const request = { name, matchers: [selectorOf(service, others)], ...bounds(range) };
  return useQuery({
    queryKey: ['labelValues', request],
    enabled: name !== '',
    queryFn: async ({ signal }) =>
      (await connectCall<{ names?: string[] }>('LabelValues', request, signal)).names ?? [],
  });
}

/** When a service sent its first and last profile ever; asked only where a range holds none. */
export function useWholeHistory(enabled: boolean) {
  return useQuery({
    queryKey: ['services', 'ever'],
    enabled,
    queryFn: ({ signal }) => getJson<ServicesAnswer>('services', { from: 0, until: 'now' }, signal),
  });
}

function selectorOf(service: string, matchers: Selector): string {
  return formatSelector([serviceMatcher(service), ...matchers]);
}

function serviceMatcher(service: string) {
  return { name: SERVICE_LABEL, operator: '=', value: service } as const;
}

function bounds(range: Range): { start: string; end: string } {
  return { start: String(Math.round(range.fromMs)), end: String(Math.round(range.untilMs)) };
}
