import { fromJson } from '@bufbuild/protobuf';
import { StructSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type Interceptor } from '@connectrpc/connect';
import { fastifyConnectPlugin } from '@connectrpc/connect-fastify';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify';
import { Problem, problem } from '../../base/problem.ts';
import type { ConnectCode } from '../../base/problem-kinds.ts';
import type { Queries } from '../../query/queries.ts';
import { QuerierService } from '../../wire/gen/querier/v1/querier_pb.ts';
import { refusalHeaders } from '../errors.ts';
import { querierMethods } from './querier-methods.ts';
import { blameSender } from './unreadable-message.ts';

/** Queries are small; nothing real comes near. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

/** What the Connect, gRPC and gRPC-Web protocols send for unary calls. */
const CONTENT_TYPE = /^application\/(json|proto|grpc(-web(-text)?)?(\+(proto|json))?)\s*(;|$)/i;

/** Serves `/querier.v1.QuerierService/*` by the Connect protocol (JSON and protobuf), gRPC and gRPC-Web. */
export async function registerQuerierService(
  app: FastifyInstance,
  { queries, now }: { readonly queries: Queries; readonly now: () => number },
): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRequest', checkTransport);
    await scope.register(fastifyConnectPlugin, {
      routes: (router) => {
        router.service(QuerierService, querierMethods(queries, now));
        router.handlers.splice(0, router.handlers.length, ...router.handlers.map(blameSender));
      },
      interceptors: [explainProblems(app.log)],
      readMaxBytes: MAX_REQUEST_BYTES,
    });
  });
}

/** The library answers these without a body; ours say what to send. */
async function checkTransport(request: FastifyRequest): Promise<void> {
  if (request.method !== 'POST') {
    throw problem('wrongMethod', { method: request.method, path: request.url.split('?')[0] ?? '', allowed: 'POST' });
  }
  const type = request.headers['content-type'] ?? '';
  if (!CONTENT_TYPE.test(type)) throw problem('wrongContentType', { type });
  const version = request.headers['connect-protocol-version'];
  if (version !== undefined && version !== '1') {
    throw problem('badParameter', { name: 'Connect-Protocol-Version', why: `is ${version}, not 1` });
  }
}

/** Registered problems reach the caller with their code and sentence; anything else is a bug and is logged. */
function explainProblems(log: FastifyBaseLogger): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      if (error instanceof Problem) throw connectErrorOf(error);
      if (!(error instanceof ConnectError)) log.error({ err: error, method: request.method.name }, 'query failed');
      throw error;
    }
  };
}

/** `details` of the protocol carry what the body of other routes has: id, remedy, details; as JSON under `debug`. */
function connectErrorOf(failure: Problem): ConnectError {
  const { id, remedy, details } = failure.toBody();
  const detail = { desc: StructSchema, value: fromJson(StructSchema, { id, remedy, details }) };
  return new ConnectError(failure.sentence, CODES[failure.connectCode], refusalHeaders(failure), [detail], failure);
}

const CODES: Readonly<Record<ConnectCode, Code>> = {
  canceled: Code.Canceled,
  unknown: Code.Unknown,
  invalid_argument: Code.InvalidArgument,
  deadline_exceeded: Code.DeadlineExceeded,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  permission_denied: Code.PermissionDenied,
  resource_exhausted: Code.ResourceExhausted,
  failed_precondition: Code.FailedPrecondition,
  unimplemented: Code.Unimplemented,
  internal: Code.Internal,
  unavailable: Code.Unavailable,
  unauthenticated: Code.Unauthenticated,
};
