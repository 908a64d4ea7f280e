import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problem } from '../base/problem.ts';
import { sendPage, wantsPage } from './static.ts';

export interface ErrorOptions {
  readonly maxBodyBytes: number;
  /** What a browser gets at a path that does not exist; the UI says so there. Absent where the UI is not built. */
  readonly page?: Buffer | undefined;
}

/** Makes every failure of the app the same JSON body: `{code, message, id, remedy, details}`. */
export function registerErrors(app: FastifyInstance, options: ErrorOptions): void {
  const methods = methodsByRoute(app);
  app.setErrorHandler((error: FastifyError, request, reply) =>
    answerFailure(error, request, reply, options.maxBodyBytes),
  );
  app.setNotFoundHandler((request, reply) => {
    const failure = unroutedProblem(request, methods);
    if (options.page === undefined || failure.status !== 404 || !wantsPage(request)) return sendProblem(reply, failure);
    return sendPage(reply.status(404), options.page);
  });
}

/**
 * Answers with whatever was thrown. Problems keep their status; what anything else says stays in the log, whole, under
 * the request id that the answer carries.
 */
export function answerFailure(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  maxBodyBytes: number,
): FastifyReply {
  const known = error instanceof Problem ? error : problemOf(error, maxBodyBytes);
  if (known !== undefined) return sendProblem(reply, known);
  request.log.error({ err: error, url: request.url }, 'request failed by a bug or by the store');
  return reply.status(500).send({
    code: 'internal',
    message: `internal error; the log has it under request ${request.id}`,
    details: { request: request.id },
  });
}

/** Headers that a refusal carries on every route: Retry-After where its details name `retryAfterSeconds`. */
export function refusalHeaders({ details: { retryAfterSeconds } }: Problem): Record<string, string> {
  return retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
}

/** Answers with the problem's status, headers and body. */
function sendProblem(reply: FastifyReply, failure: Problem): FastifyReply {
  const { allowed } = failure.details;
  reply.headers(refusalHeaders(failure));
  // What is left of the request is not waited for.
  if (failure.key === 'bodyStalled') reply.header('Connection', 'close');
  if (failure.key === 'wrongMethod') reply.header('Allow', String(allowed));
  return reply.status(failure.status).type('application/json').send(failure.toBody());
}

/** What the framework itself refuses; undefined for a bug. */
function problemOf(error: FastifyError, maxBodyBytes: number): Problem | undefined {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return problem('bodyTooLarge', { limitBytes: maxBodyBytes }, error);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return problem('wrongContentType', { type: '' }, error);
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return problem('badParameter', { name: 'request', why: error.message }, error);
  return undefined;
}

/** 404, or 405 where the path exists under other methods. */
function unroutedProblem(request: FastifyRequest, methods: (path: string) => readonly string[]): Problem {
  const path = request.url.split('?', 1)[0] ?? '/';
  const allowed = methods(path);
  // A route may hand on what it does not have: a file that is gone.
  if (allowed.length === 0 || allowed.includes(request.method)) return problem('notFound', { what: path });
  return problem('wrongMethod', { method: request.method, path, allowed: allowed.join(', ') });
}

function methodsByRoute(app: FastifyInstance): (path: string) => readonly string[] {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    const escaped = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    const pattern = new RegExp(`^${escaped.replace(/:[^/]+/g, '[^/]+').replace(/\*/g, '.*')}$`);
    routes.push({ pattern, methods: Array.isArray(method) ? method : [method] });
  });
  return (path) => {
    const found = routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(found)].sort();
  };
}
