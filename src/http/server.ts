import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Ingest } from '../ingest/ingest.ts';
import type { Settings } from '../settings.ts';
import type { ApiDeps } from './api/deps.ts';
import { registerApi } from './api/register-api.ts';
import { answerFailure, registerErrors } from './errors.ts';
import { registerHealth } from './health.ts';
import { registerHostCheck } from './host-check.ts';
import { registerIngest } from './ingest-route.ts';
import { type Metrics, registerMetrics } from './metrics.ts';
import { registerPyroscope } from './pyroscope/register-pyroscope.ts';
import { readPage, registerSecurityHeaders, registerStatic } from './static.ts';

export interface HttpServerOptions extends ApiDeps {
  readonly ingest: Ingest;
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly logger: FastifyBaseLogger;
  /** Where the built UI lies; it need not exist. */
  readonly uiDirectory: string;
}

/** All routes of the server. It does not listen by itself: the listening socket passes requests to its `routing`. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { maxBodyBytes } = options.settings;
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error, request, reply) => answerFailure(error, request, reply, maxBodyBytes),
    bodyLimit: maxBodyBytes,
    routerOptions: { maxParamLength: 4096 },
  });
  registerErrors(app, { maxBodyBytes, page: readPage(options.uiDirectory) });
  registerSecurityHeaders(app);
  registerHostCheck(app, options.settings);
  registerMetrics(app, options.metrics);
  registerHealth(app);
  registerIngest(app, { ingest: options.ingest });
  await registerPyroscope(app, options);
  await registerApi(app, options);
  registerStatic(app, { uiDirectory: options.uiDirectory });
  await app.ready();
  return app;
}
