import type { FastifyInstance } from 'fastify';
import { gzipAnswers } from '../gzip-answers.ts';
import { registerCallTree } from './call-tree.ts';
import type { ApiDeps } from './deps.ts';
import { registerFindings } from './findings.ts';
import { registerServices } from './services.ts';
import { registerStatus } from './status.ts';

/** Our own API: `/api/v1/*`, JSON, never cached. */
export async function registerApi(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.header('Cache-Control', 'no-store');
    });
    scope.addHook('onSend', gzipAnswers);
    registerFindings(scope, deps);
    registerServices(scope, deps);
    registerStatus(scope, deps);
    registerCallTree(scope, deps);
  });
}
