import type { ConnectRouter } from '@connectrpc/connect';
import { problem } from '../../base/problem.ts';

type Handler = ConnectRouter['handlers'][number];
type Response = Awaited<ReturnType<Handler>>;

/** How the library's failure to read a protobuf message begins. */
const UNREADABLE = 'parse binary: ';

/**
 * The library takes a protobuf message that it cannot read for a failure of the server (500 `internal`); this makes it
 * the sender's, as it is for JSON. (In gRPC and gRPC-Web it stays `internal`, as servers of those answer it.)
 */
export function blameSender(handler: Handler): Handler {
  return Object.assign(async (request: Parameters<Handler>[0]) => withBlame(await handler(request)), handler);
}

async function withBlame(response: Response): Promise<Response> {
  if (response.status !== 500 || response.body === undefined) return response;
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  const { message } = JSON.parse(Buffer.concat(chunks).toString()) as { message?: string };
  if (!message?.startsWith(UNREADABLE)) return { ...response, body: bodyOf(chunks) };
  const failure = problem('badParameter', { name: 'request', why: message.slice(UNREADABLE.length) });
  const answer = Buffer.from(JSON.stringify({ code: failure.connectCode, message: failure.sentence }));
  response.header?.set('Content-Length', String(answer.length));
  return { ...response, status: failure.status, body: bodyOf([answer]) };
}

async function* bodyOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
