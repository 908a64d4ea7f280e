import type { FastifyInstance } from 'fastify';

/** GET /ready. Before the store is open the listening socket answers it with 503; once these routes stand, the server serves. */
export function registerHealth(app: FastifyInstance): void {
  app.get('/ready', async (_request, reply) => reply.type('text/plain; charset=utf-8').send('ready\n'));
}
