import { describe, expect, it } from 'vitest';
import { CACHE_STACK, LEAK_STACK, leakPlaces, POOL_STACK, run } from '../../../test/support/leaking-program.ts';
import {
  CHAN_RECEIVE,
  type Curve,
  HEAP_PERIOD,
  historyOf,
  IO_WAIT,
  nowMsOf,
  type Place,
  type Process,
  poisson,
  randomOf,
  START_S,
  sampledGrowth,
  stackOf,
} from '../../../test/support/synthetic-history.ts';
import { judgeService, type ServiceJudgement } from './judge-service.ts';

/** Growth that ends: what stays a leak, what never was one, and what is not shown. Profiles every 2 s, minimum age 25 s. */
const STEP_S = 2;

function judgeAt(points: number, places: readonly Place[], leaks: ReadonlySet<string>): ServiceJudgement {
  return judgeRuns([run(points, STEP_S, places)], leaks);
}

function judgeRuns(runs: readonly Process[], leaks: ReadonlySet<string>): ServiceJudgement {
  const history = historyOf(runs);
  return judgeService(history, { minAgeMs: 25_000, nowMs: nowMsOf(history), leaks });
}

/** Judges again and again while profiles come, as a server does: a leak that was called is known to the next judgement. */
function follow(
  points: number,
  places: readonly Place[],
): { readonly verdicts: string[]; readonly last: ServiceJudgement } {
  let leaks: ReadonlySet<string> = new Set();
  const verdicts: string[] = [];
  let last = judgeAt(10, places, leaks);
  for (let n = 10; n <= points; n += 4) {
    last = judgeAt(n, places, leaks);
    verdicts.push(last.verdict);
    const called = last.incidents.filter(({ verdict }) => verdict === 'leak');
    leaks = new Set(called.flatMap(({ siteKeys }) => siteKeys));
  }
  return { verdicts, last };
}

const until =
  (most: number): Curve =>
  (age) =>
    Math.min(most, Math.floor(age));

const TICKING = stackOf(...CHAN_RECEIVE, 'main.cronJob@/src/cron.go:86');

describe('growth that ended', () => {
  it('stays a leak where it was one, also if memory beside it is too noisy to say so', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomOf(seed);
      const count: Curve = (age) => 2 * Math.min(150, Math.floor(age));
      const places: Place[] = [
        { stack: LEAK_STACK, goroutines: count },
        {
          stack: stackOf('main.longRunningTask@/src/main.go:33', 'main.handler.func1.gowrap1@/src/main.go:51'),
          objectBytes: 27_264,
          bytes: sampledGrowth(random, count, 27_264),
          allocated: () => 0,
        },
      ];
      const { last } = follow(110, places);
      expect(last.incidents).toMatchObject([{ verdict: 'leak', levelledOff: true }]);
      expect(last.incidents[0]!.headline).toMatch(/^shop leaked 300 goroutines .*; growth stopped at \d\d:\d\d UTC\.$/);
    }
  });

  it('never makes a leak: the end speaks against one', () => {
    const places = leakPlaces(5, 10, 100);
    const before = judgeAt(45, places, new Set());
    expect(before.verdict).toBe('leak');
    expect(judgeAt(120, places, new Set()).verdict).toBe('steady');
    const after = judgeAt(120, places, new Set(before.incidents[0]!.siteKeys));
    expect(after.incidents).toMatchObject([{ verdict: 'leak', levelledOff: true }]);
  });

  it('is not shown where something else explains it', () => {
    const level = (most: number): Place => ({ stack: POOL_STACK, goroutines: until(most) });
    const earlier = run(100, STEP_S, [level(70)], { session: 's1' });
    const later = run(60, STEP_S, [level(66)], { session: 's2', startS: START_S + 210 });
    expect(judgeRuns([earlier, later], new Set()).incidents).toEqual([]);
  });

  it('stays a leak though profiles meet some outside their wait', () => {
    const met = new Set([30, 47, 70, 90]);
    const place: Place = { stack: TICKING, goroutines: (age, i) => until(90)(age, i) - (met.has(i) ? 3 : 0) };
    const { last } = follow(118, [place]);
    expect(last.incidents).toMatchObject([{ verdict: 'leak', levelledOff: true }]);
  });
});

describe('goroutines that come with connections', () => {
  const pool = until(60);
  const reader: Place = { stack: stackOf(...IO_WAIT, 'main.(*dbConn).reader@/src/db.go:30'), goroutines: pool };
  const pinger: Place = { stack: stackOf(...CHAN_RECEIVE, 'main.(*dbConn).pinger@/src/db.go:50'), goroutines: pool };

  it('are no leak when they stop to come', () => {
    expect(follow(110, [reader, pinger]).verdicts).not.toContain('leak');
  });

  it('are only watched with their buffers, while they come and after', () => {
    const size = 131_072;
    for (let seed = 1; seed <= 10; seed++) {
      const clients = until(100);
      const bytes = sampledGrowth(randomOf(seed), clients, size);
      const places: Place[] = [
        { stack: stackOf(...IO_WAIT, 'main.serveClient@/src/ws.go:47'), goroutines: clients },
        {
          stack: stackOf('main.serveClient@/src/ws.go:45'),
          objectBytes: size,
          bytes,
          allocated: (age, i) => bytes(age, i) - (i === 0 ? 0 : bytes(age - STEP_S, i - 1)),
        },
      ];
      expect(follow(110, places).verdicts).not.toContain('leak');
    }
  });
});

describe('goroutines that work', () => {
  it('are no leak that stays: what they allocate goes with how many there are', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = randomOf(seed);
      const jobs = until(60);
      const work: Place = {
        stack: stackOf('main.render@/src/cron.go:90', 'main.cronJob@/src/cron.go:88'),
        bytes: () => HEAP_PERIOD,
        allocated: (age, i) => HEAP_PERIOD * poisson(random, jobs(age, i) / 15),
      };
      const { last } = follow(130, [{ stack: TICKING, goroutines: jobs }, work]);
      expect(last.verdict).toBe('steady');
    }
  });

  it('are no leak that stays: profiles meet them elsewhere', () => {
    const random = randomOf(2);
    const busy: number[] = [];
    const atWork = (i: number): number => {
      busy[i] ??= poisson(random, 12);
      return busy[i];
    };
    const workers: Curve = (age) => Math.min(100, Math.floor(2 * age));
    const places: Place[] = [
      { stack: POOL_STACK, goroutines: (age, i) => workers(age, i) - Math.min(workers(age, i), atWork(i)) },
      {
        stack: stackOf(
          ...['runtime.gopark', 'time.Sleep', 'main.(*pool).worker@/src/pool.go:22'],
          'main.newPool.gowrap1@/src/pool.go:11',
        ),
        goroutines: (age, i) => Math.min(workers(age, i), atWork(i)),
      },
    ];
    expect(follow(110, places).last.verdict).toBe('steady');
  });

  it('are not those that allocate when they begin, nor those whose function others run', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = randomOf(seed);
      const count = until(150);
      const begin: Place = {
        stack: stackOf('main.longRunningTask@/src/main.go:33', 'main.handler.func1.gowrap1@/src/main.go:51'),
        bytes: () => 0,
        allocated: (age) => HEAP_PERIOD * (poisson(random, age <= 150 ? 1 : 0) + poisson(random, 0.5)),
      };
      const { last } = follow(120, [{ stack: LEAK_STACK, goroutines: count }, begin]);
      expect(last.incidents).toMatchObject([{ verdict: 'leak', levelledOff: true }]);
    }
  });
});

describe('one object that is copied to a larger one', () => {
  it('is a leak while it grows, also while old and new are both in use, and none after', () => {
    const sizes: number[] = [];
    const growS = 120;
    // Grows by a quarter when it is full; filled at a constant rate.
    const size = (age: number): number => {
      let bytes = 500_000;
      while (bytes < 130_000 * Math.min(age, growS)) bytes *= 1.25;
      return bytes;
    };
    const bytes: Curve = (age, i) => {
      const isCopied = size(age) !== size(age - STEP_S) && i === 7;
      sizes[i] = size(age) + (isCopied ? size(age - STEP_S) : 0);
      return sizes[i];
    };
    const place: Place = {
      stack: CACHE_STACK,
      objectBytes: 9e6,
      bytes,
      allocated: (age) => (size(age) === size(age - STEP_S) ? 0 : size(age)),
    };
    const { verdicts, last } = follow(120, [place]);
    expect(verdicts).toContain('leak');
    expect(last.incidents).toEqual([]);
  });
});
