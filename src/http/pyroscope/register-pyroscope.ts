import type { FastifyInstance } from 'fastify';
import type { Queries } from '../../query/queries.ts';
import { registerQuerierService } from './querier-service.ts';
import { registerRender } from './render.ts';

/** Everything that Pyroscope's clients ask: the query service and the older GET routes. */
export async function registerPyroscope(
  app: FastifyInstance,
  deps: { readonly queries: Queries; readonly now: () => number },
): Promise<void> {
  await registerQuerierService(app, deps);
  registerRender(app, deps);
}
