import fastify, { type FastifyInstance } from 'fastify';
import type { ApiDeps } from '../../src/http/api/deps.ts';
import { registerApi } from '../../src/http/api/register-api.ts';
import { registerErrors } from '../../src/http/errors.ts';
import { registerPyroscope } from '../../src/http/pyroscope/register-pyroscope.ts';
import { readFindings } from '../../src/judge/read-findings.ts';
import { createQueries } from '../../src/query/queries.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { LedgerRow, Upload } from '../../src/store/profile-store.ts';
import { temporaryDirectory } from './store-support.ts';

export const NOW_MS = Date.UTC(2026, 10, 23, 14, 0, 0);
export const RETENTION_MS = 30 * 86_400_000;

export interface QueryServer {
  readonly app: FastifyInstance;
  readonly url: string;
  close(): Promise<void>;
}

/** The query routes, listening on any free port, over a real store that holds `uploads` and `findings`. */
export async function startQueryServer(options: {
  readonly uploads: readonly Upload[];
  readonly findings?: readonly LedgerRow[];
  readonly judge?: Pick<ApiDeps['judge'], 'judgementOf' | 'judgedAtMs'>;
}): Promise<QueryServer> {
  const directory = temporaryDirectory();
  const now = (): number => NOW_MS;
  const store = await openStore({ directory: directory.path, now });
  await store.append(options.uploads);
  await store.putFindings('anonymous', options.findings ?? []);
  const queries = createQueries({ store, now, retentionMs: RETENTION_MS, timeoutMs: 20_000 });
  const app = fastify();
  registerErrors(app, { maxBodyBytes: 1_000_000 });
  await registerPyroscope(app, { queries, now });
  const judged = options.judge ?? { judgementOf: () => undefined, judgedAtMs: undefined };
  const judge = { ...judged, ...readFindings(store, 'anonymous') };
  const settings = { leakMinAgeMs: 1_800_000, retentionMs: RETENTION_MS };
  await registerApi(app, { store, queries, judge, settings, now, version: '0.0.0-test' });
  return {
    app,
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    async close() {
      await app.close();
      await store.close();
      directory.remove();
    },
  };
}

/** Time of the profiles, s before or after `NOW_MS` - 10 min. */
export function atNs(seconds: number): bigint {
  return BigInt(Math.round((NOW_MS - 600_000 + seconds * 1000) * 1e6));
}

export function atMs(seconds: number): bigint {
  return atNs(seconds) / 1_000_000n;
}
