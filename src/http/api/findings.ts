import type { FastifyInstance } from 'fastify';
import { problem } from '../../base/problem.ts';
import { OPEN_STATES } from '../../model/finding.ts';
import { isoOf } from '../../model/time-range.ts';
import type { CaseAnswer, FindingsAnswer } from '../../wire/api.ts';
import type { ApiDeps } from './deps.ts';
import { parametersOf } from './parameters.ts';

const STATES = ['', 'all', 'open', 'muted', 'fixed', 'confirmed', 'regressed', 'closed'] as const;
const VERDICTS = ['', 'leak', 'watch'] as const;

/** `GET /api/v1/findings` and `GET /api/v1/findings/:id`. */
export function registerFindings(app: FastifyInstance, { judge, now }: ApiDeps): void {
  app.get('/api/v1/findings', async (request): Promise<FindingsAnswer> => {
    const parameters = parametersOf(request, now());
    const findings = await judge.findings({
      service: parameters.text('service') || undefined,
      states: statesOf(parameters.choice('state', STATES)),
      verdict: parameters.choice('verdict', VERDICTS) || undefined,
    });
    return { findings };
  });

  app.get<{ Params: { id: string } }>('/api/v1/findings/:id', async (request): Promise<CaseAnswer> => {
    const { id } = request.params;
    const found = /^\d{1,20}$/.test(id) ? await judge.finding(id) : undefined;
    if (!found) throw problem('notFound', { what: `finding ${id}` });
    const { finding, evidence, updatedMs } = found;
    return { finding, evidence, judgedAt: isoOf(judge.judgedAtMs ?? updatedMs) };
  });
}

function statesOf(state: (typeof STATES)[number]): readonly string[] | undefined {
  if (state === 'all') return undefined;
  return state === '' ? OPEN_STATES : [state];
}
