import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Paths of pages; the UI's own router tells them apart. */
const PAGES = [
  ...['/', '/leaks', '/leaks/*', '/services/*', '/explore', '/compare', '/labels', '/upload', '/upload/*'],
  ...['/targets', '/targets/*', '/alerts', '/alerts/*', '/settings', '/settings/*', '/share/*'],
];

/** No inline script or style, nothing from elsewhere. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'"],
  ...["manifest-src 'self'", "worker-src 'self'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'"],
].join('; ');

/** Headers that every answer carries. */
export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    done();
  });
}

/** The page that holds the UI; undefined where it is not built. */
export function readPage(uiDirectory: string): Buffer | undefined {
  const file = join(uiDirectory, 'index.html');
  return existsSync(file) ? readFileSync(file) : undefined;
}

export function sendPage(reply: FastifyReply, page: Buffer): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('Cache-Control', 'no-cache').send(page);
}

/** Whether a person looks at the answer: a browser that asks for a document, outside the paths of programs. */
export function wantsPage(request: FastifyRequest): boolean {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return isRead && /\btext\/html\b/.test(request.headers.accept ?? '') && !/^\/(api|querier\.v1)\b/.test(request.url);
}

/**
 * Serves the built UI: assets, whose names carry their hash, for a year; the page itself never from cache, at the path of
 * every page. Does nothing where the UI is not built.
 */
export function registerStatic(app: FastifyInstance, options: { readonly uiDirectory: string }): void {
  const page = readPage(options.uiDirectory);
  if (page === undefined) return;
  const assets = join(options.uiDirectory, 'assets') + sep;
  for (const path of PAGES) {
    app.get(path, async (_request, reply) => sendPage(reply, page));
  }
  void app.register(fastifyStatic, {
    root: options.uiDirectory,
    wildcard: false,
    index: false,
    globIgnore: ['index.html'],
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(assets);
      reply.header('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
