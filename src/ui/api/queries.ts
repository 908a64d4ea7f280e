import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query';
import { SERVICE_LABEL } from '../../model/identity.ts';
import { formatSelector } from '../../model/selector.ts';
import type { CaseAnswer, FindingsAnswer, ServicesAnswer, StatusAnswer } from '../../wire/api.ts';
import type { Range } from '../state/range.ts';
import { connectCall, getJson, RequestError } from './client.ts';
import { useKept } from './kept.ts';

const DAY_MS = 86_400_000;
const POLL_MS = 10_000;
const POLL_FIRST_RUN_MS = 2000;
/** A service seldom begins to send another type. */
const TYPES_STALE_MS = 60_000;

/** Superseded requests are aborted; refusals of the server (4xx) are not repeated. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        placeholderData: keepPreviousData,
        refetchOnWindowFocus: false,
        staleTime: 5000,
        retry: (count, error) => count < 2 && !(error instanceof RequestError && !error.isWorthRetrying),
      },
    },
  });
}

/** Services of the range, most urgent first as the server orders them. Polls quickly while none exists. */
export function useServices(range: Range) {
  const { fromMs, untilMs } = range;
  const query = useQuery({
    queryKey: ['services', fromMs, untilMs],
    queryFn: ({ signal }) =>
      getJson<ServicesAnswer>('services', { from: Math.round(fromMs), until: Math.round(untilMs) }, signal),
  });
  return useKept(query, `${range.from} ${range.until}`);
}

/** Whether any profile was ever received; polls while none was. */
export function useStatus() {
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => getJson<StatusAnswer>('status', {}, signal),
    refetchInterval: (query) => (query.state.data?.profilesStored === 0 ? POLL_FIRST_RUN_MS : POLL_MS),
    retry: false,
  });
}

/** True while the server does not answer. */
export function useIsUnreachable(): boolean {
  const { error } = useStatus();
  return error instanceof RequestError && error.isUnreachable;
}

/** Open findings, for the count in the bar. */
export function useOpenFindings() {
  return useQuery({
    queryKey: ['findings'],
    queryFn: ({ signal }) => getJson<FindingsAnswer>('findings', {}, signal),
    refetchInterval: POLL_MS,
  });
}

/** One case with its evidence; asked again whenever `nowMs` moves. */
export function useCase(id: string, nowMs: number) {
  const query = useQuery({
    queryKey: ['case', id, nowMs],
    queryFn: ({ signal }) => getJson<CaseAnswer>(`findings/${encodeURIComponent(id)}`, {}, signal),
  });
  return useKept(query, id);
}

/** Ids of the profile types that a service sent in the last day. */
export function useProfileTypes(service: string) {
  return useQuery({
    queryKey: ['profile-types', service],
    queryFn: async ({ signal }) => {
      const nowMs = Date.now();
      const request = {
        name: '__profile_type__',
        matchers: [formatSelector([{ name: SERVICE_LABEL, operator: '=', value: service }])],
        start: String(nowMs - DAY_MS),
        end: String(nowMs),
      };
      return (await connectCall<{ names?: string[] }>('LabelValues', request, signal)).names ?? [];
    },
    staleTime: TYPES_STALE_MS,
  });
}
