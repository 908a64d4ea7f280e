import type { FastifyInstance } from 'fastify';
import type { StatusAnswer } from '../../wire/api.ts';
import type { ApiDeps } from './deps.ts';

/** `GET /api/v1/status` */
export function registerStatus(app: FastifyInstance, { store, settings, now, version }: ApiDeps): void {
  app.get('/api/v1/status', async (): Promise<StatusAnswer> => {
    const { profiles, sizeBytes } = await store.stats();
    return {
      version,
      now: new Date(now()).toISOString(),
      profilesStored: profiles,
      leakMinAgeMs: settings.leakMinAgeMs,
      retentionMs: settings.retentionMs,
      sizeBytes,
    };
  });
}
