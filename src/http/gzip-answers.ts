import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Smaller answers fit a few packets anyhow. */
const MIN_BYTES = 16 * 1024;

const compress = promisify(gzip);

/** An `onSend` hook: long JSON answers go gzipped to who accepts that. A large call tree shrinks about tenfold. */
export async function gzipAnswers(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (typeof payload !== 'string' || payload.length < MIN_BYTES) return payload;
  reply.header('Vary', 'Accept-Encoding');
  if (!acceptsGzip(request.headers['accept-encoding'])) return payload;
  reply.header('Content-Encoding', 'gzip');
  return compress(payload, { level: constants.Z_BEST_SPEED });
}

/** `gzip` or `*`, unless with `q=0`. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  return String(header ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .some((part) => /^(gzip|\*)\s*(;|$)/.test(part) && !/;\s*q=0(\.0+)?$/.test(part));
}
