import type { FastifyInstance } from 'fastify';
import type { Ingest } from '../ingest/ingest.ts';
import { DEFAULT_TENANT } from '../model/tenant.ts';

/**
 * POST /ingest and /pyroscope/ingest: one pushed profile; 200 with an empty body after its commit. Any content type;
 * the body goes to `ingest` as a stream. Headers for authentication and tenancy are ignored.
 */
export function registerIngest(app: FastifyInstance, deps: { readonly ingest: Ingest }): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const path of ['/ingest', '/pyroscope/ingest']) {
      scope.post(path, async (request, reply) => {
        try {
          await deps.ingest.accept({
            tenant: DEFAULT_TENANT,
            query: firstValues(request.query as Record<string, string | string[]>),
            contentType: request.headers['content-type'] ?? '',
            declaredBytes: Number(request.headers['content-length'] ?? 0),
            contentEncoding: request.headers['content-encoding'] ?? '',
            // Without this a refusal in the middle of a body would close the connection before the answer is out.
            body: request.raw.iterator({ destroyOnReturn: false }),
          });
        } finally {
          // What is left of a refused body is let run out: some senders read no answer before they have sent it all.
          request.raw.resume();
        }
        return reply.status(200).send();
      });
    }
  });
}

function firstValues(query: Record<string, string | string[]>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}
