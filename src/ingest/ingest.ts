/**
 * The way in: admission (bounded number and bytes) -> decode pool (worker threads) -> group commit -> store.
 * An upload is acknowledged when its commit has succeeded, never before.
 */
import { Problem, problem } from '../base/problem.ts';
import { formatDuration } from '../base/units.ts';
import { NS_PER_MS } from '../model/time-range.ts';
import type { Settings } from '../settings.ts';
import type { ProfileStore, Upload } from '../store/profile-store.ts';
import { createAdmission, type Ticket } from './admission.ts';
import { createDecodePool, type Decoder } from './decode-pool.ts';
import type { DecodedUpload } from './decode-upload.ts';
import { createGroupCommit } from './group-commit.ts';
import { IDLE_BODY_MS, readBody } from './read-body.ts';
import { type IngestRequest, type IngestTarget, readTarget } from './request.ts';

export interface Ingest {
  /**
   * Takes one push; resolves after its commit, or at once when there is nothing to store in it.
   * Throws the problems of names, formats and limits; whatever else it throws is a bug or the store's failure.
   */
  accept(request: IngestRequest): Promise<void>;
  load(): { readonly uploads: number; readonly sizeBytes: number };
  /** Finishes what was accepted; later pushes get notReady. */
  close(): Promise<void>;
}

/** How a push ended: stored, nothing to store in it, refused with a problem, or failed by our own fault. */
export type IngestResult = 'stored' | 'empty' | 'refused' | 'failed';

/** Where the counts go. */
export interface IngestMetrics {
  /** `reason` is '' for stored ones, else the key of the problem, `empty` or `failed`. */
  ended(result: IngestResult, reason: string, sizeBytes: number): void;
  decoded(elapsedMs: number): void;
  committed(elapsedMs: number, uploads: number): void;
  folded(stacks: number): void;
}

export interface IngestOptions {
  readonly store: Pick<ProfileStore, 'append'>;
  readonly settings: Pick<
    Settings,
    'retentionMs' | 'maxBodyBytes' | 'maxProfileBytes' | 'maxQueuedUploads' | 'maxStacks'
  >;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly metrics: IngestMetrics;
  /** Longest pause in a body; absent: IDLE_BODY_MS. */
  readonly idleBodyMs?: number;
  /** Absent: worker threads. */
  readonly decoder?: Decoder;
}

/** Clocks of senders may be ahead by this much. */
export const MAX_FUTURE_MS = 10 * 60_000;
/** Bodies and decoded profiles held at once: this, or four of the largest bodies. */
const MIN_IN_FLIGHT_BYTES = 256 * 1024 * 1024;
/** Profiles of 1970 come from clients that do not set the time but a duration since some start. */
const EARLIEST_NS = 365n * 86_400_000n * NS_PER_MS;

export function createIngest(options: IngestOptions): Ingest {
  const { settings, metrics } = options;
  const decoder = options.decoder ?? createDecodePool();
  const inFlightBytes = Math.max(MIN_IN_FLIGHT_BYTES, 4 * settings.maxBodyBytes);
  const admission = createAdmission({ uploads: settings.maxQueuedUploads, sizeBytes: inFlightBytes });
  const commits = createGroupCommit({ append: (uploads) => append(options, uploads) });
  const open = new Set<Promise<void>>();
  let closed = false;

  const accept = async (request: IngestRequest) => {
    const size = { bytes: 0 };
    let ticket: Ticket | undefined;
    try {
      if (closed) throw problem('notReady', { why: 'stopping' });
      ticket = admission.receive();
      const upload = await readUpload(options, decoder, request, ticket, size);
      if (upload !== undefined) await commits.commit(upload);
      if (upload === undefined) metrics.ended('empty', 'empty', size.bytes);
      else metrics.ended('stored', '', size.bytes);
    } catch (error) {
      if (error instanceof Problem) metrics.ended('refused', error.key, size.bytes);
      else metrics.ended('failed', 'failed', size.bytes);
      throw error;
    } finally {
      ticket?.leave();
    }
  };
  return {
    accept(request) {
      const done = accept(request);
      const settled = done.then(
        () => void open.delete(settled),
        () => void open.delete(settled),
      );
      open.add(settled);
      return done;
    },
    load: () => admission.load(),
    async close() {
      closed = true;
      await Promise.all(open);
      await commits.drain();
      await decoder.close();
    },
  };
}

async function append({ store, metrics }: IngestOptions, uploads: readonly Upload[]): Promise<void> {
  const begunMs = performance.now();
  await store.append(uploads);
  metrics.committed(performance.now() - begunMs, uploads.length);
}

/** Receives and decodes a push; undefined when there is nothing to store in it. `size` tells how much was received. */
async function readUpload(
  { settings, metrics, now, idleBodyMs = IDLE_BODY_MS }: IngestOptions,
  decoder: Decoder,
  request: IngestRequest,
  ticket: Ticket,
  size: { bytes: number },
): Promise<Upload | undefined> {
  const nowMs = now();
  const target = readTarget(request, BigInt(Math.round(nowMs)) * NS_PER_MS);
  const limits = { limitBytes: settings.maxBodyBytes, idleMs: idleBodyMs };
  if (request.declaredBytes > limits.limitBytes) throw problem('bodyTooLarge', { limitBytes: limits.limitBytes });
  const body = await readBody(request.body, limits, ticket);
  ticket.enter();
  size.bytes = body.length;
  if (body.length === 0) return undefined;
  const { format, contentEncoding } = target;
  const { maxProfileBytes, maxStacks } = settings;
  const { contentType } = request;
  const decoded = await decoder.decode({ body, format, contentEncoding, contentType, maxProfileBytes, maxStacks });
  metrics.decoded(decoded.elapsedMs);
  if (decoded.upload === undefined) return undefined;
  ticket.grow(decoded.upload.sizeBytes);
  const upload = uploadOf(request.tenant, target, decoded.upload);
  checkTime(upload.timeNs, nowMs, settings.retentionMs);
  if (decoded.upload.foldedStacks > 0) metrics.folded(decoded.upload.foldedStacks);
  return upload;
}

function uploadOf(tenant: string, target: IngestTarget, decoded: DecodedUpload): Upload {
  const { stackIds, rows, symbols, period } = decoded;
  const spanNs = target.untilNs > target.fromNs ? target.untilNs - target.fromNs : 0n;
  return {
    tenant,
    service: target.service,
    labels: target.labels,
    timeNs: decoded.timeNs >= EARLIEST_NS ? decoded.timeNs : target.untilNs,
    durationNs: decoded.durationNs > 0n ? decoded.durationNs : spanNs,
    period,
    stackIds,
    rows,
    symbols,
  };
}

function checkTime(timeNs: bigint, nowMs: number, retentionMs: number): void {
  const timeMs = Number(timeNs / NS_PER_MS);
  const time = Number.isFinite(timeMs) && Math.abs(timeMs) < 8.64e15 ? new Date(timeMs).toISOString() : `${timeMs} ms`;
  if (timeMs > nowMs + MAX_FUTURE_MS) throw problem('tooNew', { time, limit: formatDuration(MAX_FUTURE_MS) });
  if (retentionMs > 0 && timeMs < nowMs - retentionMs) {
    throw problem('tooOld', { time, retention: formatDuration(retentionMs) });
  }
}
