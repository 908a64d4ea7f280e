import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../base/problem.ts';
import type { Settings } from '../settings.ts';

/**
 * Keeps the pages of other sites out, since nobody has to log in. On a loopback address the server answers only to names
 * of that (a page can point its own name there: DNS rebinding); on any, what changes something may come from a page of
 * the same host only (a page can send forms anywhere). `allowedHosts` are exempt from both.
 */
export function registerHostCheck(app: FastifyInstance, settings: Pick<Settings, 'http' | 'allowedHosts'>): void {
  const allowed = new Set(settings.allowedHosts);
  const isLocalOnly = isLoopback(bracketless(settings.http.host));
  app.addHook('onRequest', async (request) => {
    // Only HTTP/1.0 may leave it out, which no browser speaks.
    const { host = 'localhost' } = request.headers;
    const name = hostName(host);
    if (isLocalOnly && !isLoopback(bracketless(name)) && !allowed.has(name)) throw problem('foreignHost', { host });
    checkOrigin(request, host, allowed);
  });
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

function checkOrigin(request: FastifyRequest, host: string, allowed: ReadonlySet<string>): void {
  const { origin } = request.headers;
  if (origin === undefined || SAFE_METHODS.has(request.method)) return;
  const from = URL.canParse(origin) ? new URL(origin) : undefined;
  // As the origin is written: without the port where it is that of the scheme.
  const own = `${from?.protocol}//${host}`;
  const isOwn = from !== undefined && URL.canParse(own) && new URL(own).host === from.host;
  if (!isOwn && !(from !== undefined && allowed.has(from.hostname))) throw problem('foreignOrigin', { origin });
}

/** Without the port, in lower case. */
function hostName(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}

function bracketless(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function isLoopback(name: string): boolean {
  return name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name) || /^(.+\.)?localhost$/.test(name);
}
