import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { IngestMetrics } from '../ingest/ingest.ts';

export interface Metrics {
  readonly registry: Registry;
  readonly ingest: IngestMetrics;
  /** Sets where the queue gauges read. */
  watchLoad(load: () => { readonly uploads: number; readonly sizeBytes: number }): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** All metrics of the server, on a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const queue = queueGauges(registers);
  return { registry, ingest: ingestMetrics(registers), watchLoad: queue.watch };
}

function ingestMetrics(registers: Registry[]): IngestMetrics {
  const uploads = new Counter({
    name: 'leakscope_uploads_total',
    help: 'Pushed profiles by result: stored, empty, refused, failed.',
    labelNames: ['result'],
    registers,
  });
  const received = new Counter({
    name: 'leakscope_received_bytes_total',
    help: 'Bytes of request bodies of pushed profiles, as sent.',
    registers,
  });
  const discarded = new Counter({
    name: 'leakscope_discarded_profiles_total',
    help: 'Pushed profiles that were not stored, by reason: a key of docs/errors.md, empty, or failed.',
    labelNames: ['reason'],
    registers,
  });
  const folded = new Counter({
    name: 'leakscope_folded_stacks_total',
    help: 'Stacks folded into (truncated) because their profile had more than the limit.',
    registers,
  });
  const seconds = (name: string, help: string) => new Histogram({ name, help, buckets: SECONDS, registers });
  const decode = seconds('leakscope_decode_seconds', 'Time in a decode thread per profile.');
  const commit = seconds('leakscope_commit_seconds', 'Time of one group commit.');
  const group = new Histogram({
    name: 'leakscope_commit_uploads',
    help: 'Uploads per group commit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 400],
    registers,
  });
  return {
    ended(result, reason, sizeBytes) {
      uploads.inc({ result });
      received.inc(sizeBytes);
      if (result !== 'stored') discarded.inc({ reason });
    },
    decoded: (elapsedMs) => decode.observe(elapsedMs / 1000),
    committed(elapsedMs, count) {
      commit.observe(elapsedMs / 1000);
      group.observe(count);
    },
    folded: (stacks) => folded.inc(stacks),
  };
}

function queueGauges(registers: Registry[]) {
  let load = () => ({ uploads: 0, sizeBytes: 0 });
  new Gauge({
    name: 'leakscope_queued_uploads',
    help: 'Pushed profiles being decoded or written.',
    registers,
    collect() {
      this.set(load().uploads);
    },
  });
  new Gauge({
    name: 'leakscope_queued_bytes',
    help: 'Memory that they and the bodies being received hold, roughly.',
    registers,
    collect() {
      this.set(load().sizeBytes);
    },
  });
  return {
    watch: (from: typeof load) => {
      load = from;
    },
  };
}

/** GET /metrics, and the time of every request by route and status (queries included). */
export function registerMetrics(app: FastifyInstance, metrics: Metrics): void {
  const { registry } = metrics;
  const requests = new Histogram({
    name: 'leakscope_http_request_seconds',
    help: 'Time from the request to the end of the answer.',
    labelNames: ['route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    requests.observe({ route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
