import { expect, it } from 'vitest';
import {
  CHAN_RECEIVE,
  CHAN_SEND,
  type Curve,
  HEAP_PERIOD,
  historyOf,
  nowMsOf,
  type Place,
  type Process,
  poisson,
  randomOf,
  START_S,
  sampledGrowth,
  stackOf,
} from '../../../test/support/synthetic-history.ts';
import { judgeService } from './judge-service.ts';

/**
 * Verdicts on generated services with known truth, as a server with default settings would give them: profiles every
 * 15 s, minimum age 30 min, judged at 1, 2 and 3 hours. The rates are quoted in docs/leak-detection.md.
 */
const RUNS = Number(process.env.VERDICT_RUNS ?? 25);
/** Sets of seeds have nothing in common. */
const SEED = 1_000_000 * Number(process.env.VERDICT_SET ?? 0);
const STEP_S = 15;
const PREFIXES = [240, 480, 720];
const MIB = 2 ** 20;

const WORKER = stackOf(...CHAN_RECEIVE, 'main.(*pool).worker@/src/pool.go:20', 'main.newPool.gowrap1@/src/pool.go:11');
const REQUEST = stackOf(
  ...CHAN_RECEIVE,
  'main.call@/src/call.go:9',
  'main.serve@/src/main.go:80',
  'net/http.(*conn).serve@server.go:2001',
);
const STUCK = stackOf(...CHAN_SEND, 'main.fetch@/src/fetch.go:41', 'main.fanOut.func1@/src/fetch.go:30');
const FETCHED = stackOf('io.ReadAll@io.go:700', 'main.fetch@/src/fetch.go:38', 'main.fanOut.func1@/src/fetch.go:30');
const CACHE = stackOf(
  'main.(*cache).add@/src/cache.go:30',
  'main.serve@/src/main.go:80',
  'net/http.(*conn).serve@server.go:2001',
);
const WORK = stackOf('encoding/json.Unmarshal@decode.go:96', 'main.call@/src/call.go:12', 'main.serve@/src/main.go:80');

type Random = () => number;
type Scenario = (random: Random) => readonly Process[];

/** Values that only grow, drawn once per step. */
function births(random: Random, perSecond: (ageS: number) => number, start = 0): Curve {
  const counts: number[] = [];
  return (_, i) => {
    for (let k = counts.length; k <= i; k++)
      counts.push((counts[k - 1] ?? start) + poisson(random, perSecond(k * STEP_S) * STEP_S));
    return counts[i]!;
  };
}

/** What is added per step by a curve that only grows. */
function added(curve: Curve): Curve {
  return (age, i) => curve(age, i) - (i === 0 ? 0 : curve(age - STEP_S, i - 1));
}

/** Walks about a mean with turnover. */
function walk(random: Random, mean: Curve): Curve {
  const values: number[] = [];
  return (_, i) => {
    for (let k = values.length; k <= i; k++) {
      const target = mean(k * STEP_S, k);
      const before = values[k - 1] ?? target;
      values.push(Math.max(0, before + 0.3 * (target - before) + 2 * Math.sqrt(target) * (random() - 0.5)));
    }
    return values[i]!;
  };
}

function inSamples(random: Random, bytes: Curve): Curve {
  const drawn: number[] = [];
  return (_, i) => {
    for (let k = drawn.length; k <= i; k++) {
      drawn.push(HEAP_PERIOD * poisson(random, Math.max(0, bytes((k + 1) * STEP_S, k)) / HEAP_PERIOD));
    }
    return drawn[i]!;
  };
}

/** One process of up to 3 h with ordinary work beside the places. */
function service(random: Random, places: readonly Place[], rest: Partial<Process> = {}): Process {
  const work: Place = {
    stack: WORK,
    bytes: inSamples(random, () => 20 * MIB),
    allocated: inSamples(random, () => 200 * MIB),
  };
  const requests: Place = { stack: REQUEST, goroutines: walk(random, () => 40) };
  return { stepS: STEP_S, points: 720, places: [...places, work, requests], ...rest };
}

function cachePlace(random: Random, objects: Curve, objectBytes = 4096, bornPerStep: Curve = added(objects)): Place {
  return {
    stack: CACHE,
    objectBytes,
    bytes: sampledGrowth(random, objects, objectBytes),
    allocated: (age, i) => Math.max(0, bornPerStep(age, i)) * objectBytes,
  };
}

const leaks: Record<string, Scenario> = {
  'abandoned sender with its result': (random) => {
    const stuck = births(random, () => 0.5);
    return [
      service(random, [
        { stack: STUCK, goroutines: stuck },
        {
          stack: FETCHED,
          objectBytes: 65_536,
          bytes: sampledGrowth(random, stuck, 65_536),
          allocated: (age, i) => added(stuck)(age, i) * 65_536 * 3,
        },
      ]),
    ];
  },
  'slow: one goroutine a minute': (random) => [
    service(random, [{ stack: STUCK, goroutines: births(random, () => 1 / 60) }]),
  ],
  'map that is never cleared': (random) => [
    service(random, [
      cachePlace(
        random,
        births(random, () => 5),
      ),
    ]),
  ],
  'one entry in six stays': (random) => {
    const objects = births(random, () => 4);
    return [service(random, [cachePlace(random, objects, 4096, (age, i) => 6 * added(objects)(age, i))])];
  },
  'beside a busy pool': (random) => [
    service(random, [
      { stack: STUCK, goroutines: births(random, () => 0.2) },
      { stack: WORKER, goroutines: walk(random, () => 300) },
    ]),
  ],
  'with day and night': (random) => [
    service(random, [{ stack: STUCK, goroutines: births(random, (age) => 0.3 * (1 + 0.8 * Math.sin(age / 400))) }]),
  ],
};

const others: Record<string, Scenario> = {
  'steady service': (random) => [service(random, [{ stack: WORKER, goroutines: walk(random, () => 200) }])],
  'cache that fills in 20 min': (random) => [
    service(random, [
      cachePlace(
        random,
        births(random, (age) => (age < 1200 ? 30 : 0)),
      ),
    ]),
  ],
  'cache that fills ever slower': (random) => [
    service(random, [
      cachePlace(
        random,
        births(random, (age) => 60 * Math.exp(-age / 900)),
      ),
    ]),
  ],
  'load x3, requests wait longer': (random) => {
    const load: Curve = (age) => 1 + Math.min(2, age / 5400);
    return [
      service(random, [
        {
          stack: stackOf(...CHAN_RECEIVE, 'main.query@/src/q.go:9', 'main.serve@/src/main.go:80'),
          goroutines: walk(random, (age, i) => 100 * load(age, i)),
        },
        {
          stack: stackOf('main.query@/src/q.go:7', 'main.serve@/src/main.go:80'),
          bytes: inSamples(random, (age, i) => 30 * MIB * load(age, i)),
          allocated: inSamples(random, (age, i) => 300 * MIB * load(age, i)),
        },
      ]),
    ];
  },
  'pool that scales up, then works': (random) => [
    service(random, [{ stack: WORKER, goroutines: walk(random, (age) => 50 + Math.min(250, age / 4)) }]),
  ],
  'saw-tooth of a TTL cache': (random) => [
    service(random, [
      {
        stack: CACHE,
        objectBytes: 4096,
        bytes: inSamples(random, (age) => 20 * MIB + 60 * MIB * ((age / 1500) % 1)),
        allocated: inSamples(random, () => MIB),
      },
    ]),
  ],
  'random walk of a pool': (random) => {
    let level = 300;
    const values: number[] = [];
    return [
      service(random, [
        {
          stack: WORKER,
          goroutines: (_, i) => {
            for (let k = values.length; k <= i; k++) {
              level = Math.max(20, level + 12 * (random() - 0.5));
              values.push(level);
            }
            return values[i]!;
          },
        },
      ]),
    ];
  },
  'step by a configuration': (random) => {
    const atS = 1800 + 5400 * random();
    return [service(random, [{ stack: WORKER, goroutines: walk(random, (age) => (age < atS ? 80 : 240)) }])];
  },
  'restarts of a cache that fills': (random) =>
    [0, 1, 2].map((k) =>
      service(
        random,
        [
          cachePlace(
            random,
            births(random, (age) => (age < 1500 ? 30 : 0)),
          ),
        ],
        { session: `s${k}`, points: 240, startS: START_S + k * 3700 },
      ),
    ),
};

function verdictAt(processes: readonly Process[], points: number): string {
  const many = processes.length > 1;
  // Several lifetimes: cut the last one.
  const seen = processes.map((process, k) =>
    many && k < processes.length - 1
      ? process
      : { ...process, points: many ? Math.round((process.points * points) / 720) : points },
  );
  const history = historyOf(seen);
  return judgeService(history, { minAgeMs: 1_800_000, nowMs: nowMsOf(history) }).verdict;
}

function rates(
  scenarios: Record<string, Scenario>,
  seed: number,
): { line: string; leak: number; ever: number; shown: number }[] {
  return Object.entries(scenarios).map(([name, scenario], s) => {
    let [leak, ever, shown] = [0, 0, 0];
    for (let k = 0; k < RUNS; k++) {
      const processes = scenario(randomOf(seed + 1000 * s + k));
      const verdicts = PREFIXES.map((points) => verdictAt(processes, points));
      if (verdicts.at(-1) === 'leak') leak++;
      if (verdicts.at(-1) !== 'steady') shown++;
      if (verdicts.includes('leak')) ever++;
    }
    return {
      line: `${pad(leak)} leak at 3 h ${pad(ever)} at any hour ${pad(shown)} shown at 3 h  ${name}`,
      leak,
      ever,
      shown,
    };
  });
}

const pad = (count: number) => String(count).padStart(3);

it('calls leaks, and not their look-alikes', { timeout: 600_000 }, () => {
  const found = rates(leaks, SEED + 1);
  const raised = rates(others, SEED + 500_000);
  const print = (rows: typeof found) => rows.map((row) => `  ${row.line}`).join('\n');
  process.stdout.write(
    `verdicts of ${RUNS} services a kind\nleaks:\n${print(found)}\nlook-alikes:\n${print(raised)}\n`,
  );
  const share = (rows: typeof found, pick: (row: (typeof found)[number]) => number) =>
    rows.reduce((sum, row) => sum + pick(row), 0) / (RUNS * rows.length);
  expect(share(found, (row) => row.leak)).toBeGreaterThan(0.9);
  expect(share(found, (row) => row.shown)).toBeGreaterThan(0.97);
  expect(share(raised, (row) => row.leak)).toBeLessThan(0.01);
  expect(share(raised, (row) => row.ever)).toBeLessThan(0.03);
});
