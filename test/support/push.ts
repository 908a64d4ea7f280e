import { encodePprof } from '../../src/formats/pprof/encode.ts';
import { profileFromText } from './profile-from-text.ts';
import type { RecordedPush } from './recorded.ts';

/** Sends a recorded push as it was sent then, save for what the connection itself decides. */
export function replay(url: string, push: RecordedPush, body: Uint8Array = push.body): Promise<Response> {
  const { 'content-length': _, 'accept-encoding': __, connection: ___, ...headers } = push.headers;
  return fetch(`${url}${push.path}?${push.query}`, { method: push.method, headers, body: body.slice() });
}

/** Sends a raw pprof (`format=pprof`). */
export function pushPprof(
  url: string,
  name: string,
  body: Uint8Array,
  headers?: Record<string, string>,
): Promise<Response> {
  const query = new URLSearchParams({ name, format: 'pprof', spyName: 'gospy' });
  return fetch(`${url}/ingest?${query}`, { method: 'POST', body: body.slice(), ...(headers && { headers }) });
}

/** A goroutine profile of one stack with a value, taken now. */
export function goroutineProfile(value: number, timeMs: number = Date.now()): Uint8Array {
  return encodePprof(
    profileFromText(`main.main@main.go:1;main.work@work.go:9 ${value}`, {
      sampleTypes: [{ type: 'goroutine', unit: 'count' }],
      periodType: { type: 'goroutine', unit: 'count' },
      timeNs: BigInt(timeMs) * 1_000_000n,
    }),
  );
}

/** Asks the query service with JSON; fails on any status but 200. */
export async function ask(url: string, method: string, request: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/querier.v1.QuerierService/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  if (answer.status !== 200) throw new Error(`${method}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

/** Profiles in the store as GET /api/v1/status counts them: one per upload and sample type. */
export async function profilesStored(url: string): Promise<number> {
  const status = (await (await fetch(`${url}/api/v1/status`)).json()) as { profilesStored: number };
  return status.profilesStored;
}
