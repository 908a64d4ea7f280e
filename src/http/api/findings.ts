import type { FastifyInstance } from 'fastify';
import { problem } from '../../base/problem.ts';
import { findingIn } from '../../judge/finding.ts';
import type { Evidence } from '../../model/finding.ts';
import { DEFAULT_TENANT } from '../../model/tenant.ts';
import { NS_PER_MS } from '../../model/time-range.ts';
import type { LedgerRow } from '../../store/profile-store.ts';
import type { CaseAnswer, Finding, FindingsAnswer } from '../../wire/api.ts';
import type { ApiDeps } from './deps.ts';
import { parametersOf } from './parameters.ts';

const STATES = ['', 'all', 'open', 'muted', 'fixed', 'confirmed', 'regressed', 'closed'] as const;
const VERDICTS = ['', 'leak', 'watch'] as const;

/** `GET /api/v1/findings` and `GET /api/v1/findings/:id`. */
export function registerFindings(app: FastifyInstance, { store, judge, now }: ApiDeps): void {
  app.get('/api/v1/findings', async (request): Promise<FindingsAnswer> => {
    const parameters = parametersOf(request, now());
    const state = parameters.choice('state', STATES);
    const verdict = parameters.choice('verdict', VERDICTS);
    const service = parameters.text('service');
    const rows = await store.findings(DEFAULT_TENANT, service === '' ? undefined : service);
    const isAsked = (row: LedgerRow): boolean =>
      (state === 'all' || (state === '' ? isOpen(row) : row.state === state)) &&
      (verdict === '' || row.verdict === verdict);
    return { findings: byUrgency(rows.filter(isAsked)) };
  });

  app.get<{ Params: { id: string } }>('/api/v1/findings/:id', async (request): Promise<CaseAnswer> => {
    const { id } = request.params;
    const row = /^\d{1,20}$/.test(id) ? await store.finding(DEFAULT_TENANT, id) : undefined;
    if (!row) throw problem('notFound', { what: `finding ${id}` });
    const judgedAtMs = judge.judgedAtMs ?? Number(row.updatedNs / NS_PER_MS);
    return {
      finding: answerOf(row),
      evidence: JSON.parse(row.evidence) as Evidence,
      judgedAt: new Date(judgedAtMs).toISOString(),
    };
  });
}

/** Findings that someone should look at. */
export function isOpen(row: Pick<LedgerRow, 'state'>): boolean {
  return row.state === 'open' || row.state === 'regressed';
}

/** Leaks before watched growth, then by score, then the one that grows longest, then by id. */
export function byUrgency(rows: readonly LedgerRow[]): Finding[] {
  const weight = (finding: Finding): number => (finding.verdict === 'leak' ? 1 : 0);
  return rows
    .map(answerOf)
    .sort(
      (a, b) =>
        weight(b) - weight(a) ||
        b.score - a.score ||
        Date.parse(a.growingSince) - Date.parse(b.growingSince) ||
        (a.id < b.id ? -1 : 1),
    );
}

/** Without the keys that only the ledger needs. */
function answerOf(row: LedgerRow): Finding {
  const { siteKeys: _, ...finding } = findingIn(row);
  return finding;
}
