import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Ingest } from '../ingest/ingest.ts';
import type { Settings } from '../settings.ts';
import { registerErrors } from './errors.ts';
import { registerHealth } from './health.ts';
import { registerIngest } from './ingest-route.ts';
import { type Metrics, registerMetrics } from './metrics.ts';
import { registerSecurityHeaders, registerStatic } from './static.ts';

export interface HttpServerOptions {
  readonly ingest: Ingest;
  readonly settings: Pick<Settings, 'maxBodyBytes'>;
  readonly metrics: Metrics;
  readonly logger: FastifyBaseLogger;
  /** Where the built UI lies; it need not exist. */
  readonly uiDirectory: string;
}

/** All routes of the server. It does not listen by itself: the gate passes requests to its `routing`. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { maxBodyBytes } = options.settings;
  const app = fastify({
    loggerInstance: options.logger,
    disableRequestLogging: true,
    bodyLimit: maxBodyBytes,
    routerOptions: { maxParamLength: 4096 },
  });
  registerErrors(app, { maxBodyBytes });
  registerSecurityHeaders(app);
  registerMetrics(app, options.metrics);
  registerHealth(app);
  registerIngest(app, { ingest: options.ingest, maxBodyBytes });
  registerStatic(app, { uiDirectory: options.uiDirectory });
  await app.ready();
  return app;
}
