import type { FastifyInstance } from 'fastify';
import { type Judgement, OPEN_STATES, type Verdict } from '../../model/finding.ts';
import { isoOf, NS_PER_MS } from '../../model/time-range.ts';
import type { ServiceSummary } from '../../store/profile-store.ts';
import type { Finding, Service, ServicesAnswer } from '../../wire/api.ts';
import type { ApiDeps } from './deps.ts';
import { parametersOf } from './parameters.ts';
import { type Sparks, sparksOf } from './sparks.ts';

const URGENCY: readonly Verdict[] = ['leak', 'watch', 'nodata', 'steady'];

/** `GET /api/v1/services`: most urgent verdict first, then by name. */
export function registerServices(app: FastifyInstance, { queries, judge, now }: ApiDeps): void {
  app.get('/api/v1/services', async (request): Promise<ServicesAnswer> => {
    const range = parametersOf(request, now()).range('now-24h');
    const [summaries, open] = await Promise.all([queries.services(range), judge.findings({ states: OPEN_STATES })]);
    const sparks = await sparksOf(queries, summaries, range);
    const findings = byService(open);
    const services = summaries.map((summary) =>
      describe(summary, judge.judgementOf(summary.name), findings.get(summary.name) ?? [], sparks),
    );
    const rank = ({ verdict }: Service): number => URGENCY.indexOf(verdict);
    services.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
    return { services, judgedAt: judge.judgedAtMs === undefined ? null : isoOf(judge.judgedAtMs) };
  });
}

/** Each service's findings in the order that they came in. */
function byService(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.service);
    if (group === undefined) groups.set(finding.service, [finding]);
    else group.push(finding);
  }
  return groups;
}

function describe(
  summary: ServiceSummary,
  judgement: Pick<Judgement, 'verdict' | 'note' | 'isSilent'> | undefined,
  open: readonly Finding[],
  sparks: Sparks,
): Service {
  const topFinding = open[0] ?? null;
  return {
    name: summary.name,
    // A leak that fell silent, perhaps for want of memory, is still the first thing to see; the note says since when.
    verdict: topFinding?.verdict ?? judgement?.verdict ?? 'nodata',
    note: judgement?.note ?? 'Not judged yet.',
    versions: summary.versions,
    instances: summary.instances.length,
    findings: open.length,
    lastSeen: isoOf(Number(summary.lastSeenNs / NS_PER_MS)),
    isSilent: judgement?.isSilent ?? false,
    firstSeen: isoOf(Number(summary.firstSeenNs / NS_PER_MS)),
    profileTypes: summary.profileTypes,
    goroutines: sparks.goroutines.get(summary.name) ?? null,
    heapBytes: sparks.heapBytes.get(summary.name) ?? null,
    topFinding,
  };
}
