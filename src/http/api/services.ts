import type { FastifyInstance } from 'fastify';
import type { Verdict } from '../../model/finding.ts';
import { DEFAULT_TENANT } from '../../model/tenant.ts';
import { NS_PER_MS } from '../../model/time-range.ts';
import type { LedgerRow, ServiceSummary } from '../../store/profile-store.ts';
import type { Service, ServicesAnswer } from '../../wire/api.ts';
import type { ApiDeps } from './deps.ts';
import { byUrgency, isOpen } from './findings.ts';
import { parametersOf } from './parameters.ts';
import { type Sparks, sparksOf } from './sparks.ts';

const URGENCY: readonly Verdict[] = ['leak', 'watch', 'nodata', 'steady'];

/** `GET /api/v1/services`: most urgent verdict first, then by name. */
export function registerServices(app: FastifyInstance, { store, queries, judge, now }: ApiDeps): void {
  app.get('/api/v1/services', async (request): Promise<ServicesAnswer> => {
    const range = parametersOf(request, now()).range('now-24h');
    const [summaries, rows] = await Promise.all([queries.services(range), store.findings(DEFAULT_TENANT)]);
    const sparks = await sparksOf(queries, summaries, range);
    const openRows = rows.filter(isOpen);
    const services = summaries.map((summary) =>
      describe(
        summary,
        judge.judgementOf(summary.name),
        openRows.filter((row) => row.service === summary.name),
        sparks,
      ),
    );
    const rank = ({ verdict }: Service): number => URGENCY.indexOf(verdict);
    services.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
    return { services, judgedAt: judge.judgedAtMs === undefined ? null : new Date(judge.judgedAtMs).toISOString() };
  });
}

function describe(
  summary: ServiceSummary,
  judgement: { readonly verdict: Verdict; readonly note: string } | undefined,
  openRows: readonly LedgerRow[],
  sparks: Sparks,
): Service {
  const topFinding = byUrgency(openRows)[0] ?? null;
  return {
    name: summary.name,
    // The ledger takes a verdict back later than one evaluation does; and right after a start it is all there is.
    verdict: topFinding?.verdict ?? judgement?.verdict ?? 'nodata',
    note: judgement?.note ?? 'Not judged yet.',
    versions: summary.versions,
    instances: summary.instances.length,
    findings: openRows.length,
    lastSeen: isoOf(summary.lastSeenNs),
    firstSeen: isoOf(summary.firstSeenNs),
    profileTypes: summary.profileTypes,
    goroutines: sparks.goroutines.get(summary.name) ?? null,
    heapBytes: sparks.heapBytes.get(summary.name) ?? null,
    topFinding,
  };
}

function isoOf(timeNs: bigint): string {
  return new Date(Number(timeNs / NS_PER_MS)).toISOString();
}
