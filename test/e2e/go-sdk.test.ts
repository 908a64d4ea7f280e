import { afterAll, describe, expect, test } from 'vitest';
import type { CaseAnswer, Finding, FindingsAnswer, ServicesAnswer } from '../../src/wire/api.ts';
import { buildExample, type Example, runsGo, startExample } from '../support/go.ts';
import { driveLoad } from '../support/load.ts';
import { removeDirectories, startServer, type TestServer } from '../support/server.ts';
import { getJson, until } from '../support/until.ts';

const MINUTE_MS = 60_000;
const REQUESTS_PER_SECOND = 8;
/** 100,000 bytes in Go's size class: 13 pages of 8 KiB. */
const RESULT_BYTES = 106_496;

afterAll(removeDirectories);

describe.skipIf(!runsGo)('real Go programs', () => {
  test('a leak is named within 2 minutes, or 4 with the SDK of 2023, and its repaired twin stays steady', {
    timeout: 7 * MINUTE_MS,
  }, async () => {
    const [today, of2023] = [await buildExample('go-leak'), await buildExample('go-leak-2023')];
    const server = await startServer({ flags: ['--leak-min-age', '25s'] });
    const programs: Example[] = [];
    const loads: ReturnType<typeof driveLoad>[] = [];
    const run = async (binary: string, args: readonly string[]) => {
      const program = await startExample(binary, ['-server', server.url, ...args]);
      programs.push(program);
      loads.push(driveLoad(program.url, REQUESTS_PER_SECOND));
    };
    try {
      await run(today, []);
      await run(today, ['-app', 'repaired.golang.app', '-fixed']);
      await run(of2023, ['-app', 'old.golang.app']);
      const [finding, oldFinding] = await Promise.race([
        Promise.all([
          awaitLeak(server, 'simple.golang.app', 2 * MINUTE_MS),
          awaitLeak(server, 'old.golang.app', 4 * MINUTE_MS),
        ]),
        failsIfGone(server),
      ]);
      await expectLongRunningTask(server, finding);
      await expectLongRunningTask(server, oldFinding);
      await expectSteady(server, 'repaired.golang.app');
    } finally {
      await Promise.all(loads.map((load) => load.stop()));
      await Promise.all(programs.map((program) => program.stop()));
      await server.stop();
    }
  });
});

async function failsIfGone(server: TestServer): Promise<never> {
  const { code, signal, stderr } = await server.exited;
  throw new Error(`the server ended with ${code ?? signal}: ${stderr}`);
}

async function findingsOf(server: TestServer, service: string): Promise<readonly Finding[]> {
  const answer = await getJson<FindingsAnswer>(`${server.url}/api/v1/findings?service=${service}&state=all`);
  return answer.findings;
}

/** Waits for a leak in which goroutines and memory are joined. */
function awaitLeak(server: TestServer, service: string, limitMs: number): Promise<Finding> {
  return until(`a leak of ${service}`, limitMs, async () =>
    (await findingsOf(server, service)).find(({ verdict, kind }) => verdict === 'leak' && kind === 'both'),
  );
}

async function expectLongRunningTask(server: TestServer, { id, service }: Finding): Promise<void> {
  const { finding, evidence } = await getJson<CaseAnswer>(`${server.url}/api/v1/findings/${id}`);
  expect(finding).toMatchObject({
    verdict: 'leak',
    state: 'open',
    version: '1.0.0',
    instances: 1,
    waitState: 'chan send',
    culprit: { function: 'main.longRunningTask' },
    site: { function: 'main.longRunningTask' },
    allocation: { function: 'main.longRunningTask' },
  });
  expect(finding.headline).toContain('longRunningTask');
  const perSecond = finding.rate.goroutinesPerSecond?.value ?? Number.NaN;
  expect(perSecond / REQUESTS_PER_SECOND).toBeGreaterThan(0.7);
  expect(perSecond / REQUESTS_PER_SECOND).toBeLessThan(1.1);
  // The heap profile is a sample: of some 500 results about 90 are in it.
  const bytesEach = evidence.bytesPerGoroutine?.value ?? Number.NaN;
  expect(bytesEach / RESULT_BYTES).toBeGreaterThan(0.65);
  expect(bytesEach / RESULT_BYTES).toBeLessThan(1.35);
  expect((await findingsOf(server, service)).map(({ culprit }) => culprit.function)).toEqual(['main.longRunningTask']);
}

async function expectSteady(server: TestServer, service: string): Promise<void> {
  expect(await findingsOf(server, service)).toEqual([]);
  const { services } = await getJson<ServicesAnswer>(`${server.url}/api/v1/services`);
  expect(services.find(({ name }) => name === service)?.verdict).toBe('steady');
}
