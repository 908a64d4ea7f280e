import { describe, expect, it } from 'vitest';
import {
  ALLOCATION_STACK,
  CACHE_STACK,
  judge,
  LEAK_STACK,
  leakPlaces,
  MINUTE_MS,
  OBJECT_BYTES,
  POOL_STACK,
  poolPlace,
  run,
} from '../../../test/support/leaking-program.ts';
import {
  CHAN_RECEIVE,
  type Curve,
  HEAP_PERIOD,
  historyOf,
  IO_WAIT,
  type Place,
  poisson,
  randomOf,
  START_S,
  sampledGrowth,
  stackOf,
} from '../../../test/support/synthetic-history.ts';

const MIB = 2 ** 20;

describe('the example program', () => {
  it('becomes one leak of both kinds with its function, wait state and size', () => {
    const judgement = judge(historyOf([run(45, 2, leakPlaces(1, 5))]), 25_000);
    expect(judgement.verdict).toBe('leak');
    expect(judgement.incidents).toHaveLength(1);
    const [incident] = judgement.incidents;
    expect(incident).toMatchObject({
      verdict: 'leak',
      kind: 'both',
      waitState: 'chan send',
      culprit: { function: 'main.longRunningTask', line: 35 },
      allocation: { function: 'main.longRunningTask', line: 33 },
      spawn: { function: 'main.handler.func1' },
      levelledOff: false,
      instances: 1,
    });
    const each = incident!.evidence.bytesPerGoroutine!;
    expect(each.value).toBeGreaterThan(90_000);
    expect(each.value).toBeLessThan(125_000);
    expect(each.low).toBeLessThanOrEqual(OBJECT_BYTES);
    expect(each.high).toBeGreaterThanOrEqual(OBJECT_BYTES);
    expect(incident!.rate.goroutinesPerSecond!.low).toBeLessThan(5);
    expect(incident!.rate.goroutinesPerSecond!.high).toBeGreaterThan(5);
    expect(incident!.headline).toMatch(
      /^shop leaks .* goroutines per second at one chan send in main\.longRunningTask, about 104.KiB each, for /,
    );
  });

  it.each([
    ['2 s', 2, 1, 120],
    ['2 s, gentle', 2, 0.5, 120],
    ['10 s', 10, 1, 240],
    ['10 s, brisk', 10, 10, 240],
  ])('is called within the time promised for uploads every %s', (_, stepS, perSecond, promisedS) => {
    for (let seed = 1; seed <= 20; seed++) {
      const places = leakPlaces(seed, perSecond);
      let calledS = Number.POSITIVE_INFINITY;
      for (let points = 8; points * stepS <= promisedS && calledS === Number.POSITIVE_INFINITY; points++) {
        // Warm-up: the load begins 5 s after the process.
        const late = places.map((place) => delayed(place, 5));
        if (judge(historyOf([run(points, stepS, late)]), 25_000).verdict === 'leak') calledS = points * stepS;
      }
      expect(calledS).toBeLessThan(promisedS);
    }
  });

  it('is watched, with its age, while it is younger than the minimum age', () => {
    const judgement = judge(historyOf([run(24, 15, leakPlaces(3, 1))]), 30 * MINUTE_MS);
    expect(judgement.verdict).toBe('watch');
    const age = judgement.incidents[0]!.reasons.find((reason) => reason.rule === 'age');
    expect(age).toMatchObject({ passed: false, group: 'against' });
    expect(age!.text).toMatch(/^Growing for [56].min; judged at 10.min/);
  });

  it('is never called on fewer than 12 profiles', () => {
    for (let points = 1; points <= 13; points++) {
      expect(judge(historyOf([run(points, 2, leakPlaces(4, 20))]), 0).verdict).not.toBe('leak');
    }
  });

  it('stays open, levelled off, after it stops leaking', () => {
    const judgement = judge(historyOf([run(120, 2, leakPlaces(5, 10, 100))]), 25_000);
    expect(judgement.verdict).toBe('leak');
    expect(judgement.incidents).toHaveLength(1);
    expect(judgement.incidents[0]).toMatchObject({ levelledOff: true, kind: 'both', waitState: 'chan send' });
    expect(judgement.incidents[0]!.headline).toContain('growth stopped at');
    expect(judgement.incidents[0]!.rate.goroutinesPerSecond).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('is steady when repaired: short-lived goroutines, memory that comes and goes', () => {
    const random = randomOf(6);
    const places: Place[] = [
      {
        stack: stackOf('runtime.gopark', 'time.Sleep', 'main.longRunningTask@/src/main.go:34'),
        goroutines: (age) => (age < 5 ? 0 : poisson(random, 10)),
      },
      {
        stack: ALLOCATION_STACK,
        bytes: () => poisson(random, 2) * HEAP_PERIOD,
        allocated: () => poisson(random, 4) * HEAP_PERIOD,
        objectBytes: OBJECT_BYTES,
      },
    ];
    for (let points = 10; points <= 150; points += 5) {
      expect(judge(historyOf([run(points, 2, places)]), 25_000).verdict).toBe('steady');
    }
  });
});

/** The place's life begins `s` seconds later. */
function delayed(place: Place, s: number): Place {
  const { goroutines } = place;
  if (goroutines === undefined) return place;
  return { ...place, goroutines: (age, i) => (age <= s ? 0 : goroutines(age, i)) };
}

describe('a service with more than a leak', () => {
  it('finds a leak beside a busy pool, and only the leak', () => {
    const judgement = judge(historyOf([run(240, 15, [...leakPlaces(7, 1), poolPlace(8)])]));
    expect(judgement.verdict).toBe('leak');
    expect(judgement.incidents.map((incident) => incident.culprit.function)).toEqual(['main.longRunningTask']);
  });

  it('keeps two leaks apart that both rise in a straight line', () => {
    const memory: Place = {
      stack: CACHE_STACK,
      bytes: sampledGrowth(randomOf(9), (age) => age * 20, 4096),
      objectBytes: 4096,
      allocated: () => 15 * 20 * 4096,
    };
    const judgement = judge(historyOf([run(240, 15, [...leakPlaces(10, 1), memory])]));
    expect(judgement.incidents.map((i) => [i.verdict, i.kind, i.culprit.function]).sort()).toEqual([
      ['leak', 'both', 'main.longRunningTask'],
      ['leak', 'heap', 'main.(*cache).add'],
    ]);
  });

  it('does not call a cache that fills, before, while or after it is full', () => {
    const full = 256 * MIB;
    const random = randomOf(11);
    const objects: Curve = (age) => (full / 4096) * (1 - Math.exp(-age / 900));
    const place: Place = {
      stack: CACHE_STACK,
      bytes: sampledGrowth(random, objects, 4096),
      objectBytes: 4096,
      allocated: () => 15 * 30 * 4096,
    };
    for (let points = 20; points <= 400; points += 20)
      expect(judge(historyOf([run(points, 15, [place])])).verdict).not.toBe('leak');
    expect(judge(historyOf([run(400, 15, [place])])).verdict).toBe('steady');
  });

  it('drops memory that flattened', () => {
    const objects: Curve = (age) => 20 * Math.min(age, 2400);
    const place: Place = {
      stack: CACHE_STACK,
      bytes: sampledGrowth(randomOf(12), objects, 4096),
      objectBytes: 4096,
      allocated: (age) => (age < 2400 ? 15 * 20 * 4096 : 0),
    };
    expect(judge(historyOf([run(150, 15, [place])])).verdict).toBe('leak');
    expect(judge(historyOf([run(300, 15, [place])])).verdict).toBe('steady');
  });

  it('does not call goroutines that follow the load', () => {
    const random = randomOf(13);
    const load: Curve = (age) => 100 + age / 20;
    const places: Place[] = [
      {
        stack: stackOf(...CHAN_RECEIVE, 'main.call@/src/call.go:9', 'main.serve@/src/main.go:80'),
        goroutines: (age) => poisson(random, load(age, 0)),
      },
      {
        stack: CACHE_STACK,
        bytes: () => 20 * MIB,
        objectBytes: 4096,
        allocated: (age) => poisson(random, load(age, 0)) * HEAP_PERIOD,
      },
    ];
    const judgement = judge(historyOf([run(240, 15, places)]));
    expect(judgement.verdict).toBe('watch');
    expect(judgement.incidents[0]!.reasons.find((reason) => reason.rule === 'load')).toMatchObject({
      group: 'against',
    });
  });

  it('only watches goroutines that come with open connections', () => {
    const random = randomOf(96);
    let clients = 0;
    const counts: number[] = [];
    const open: Curve = (_, i) => {
      for (let k = counts.length; k <= i; k++) {
        clients += poisson(random, 5);
        counts.push(clients);
      }
      return counts[i]!;
    };
    const places: Place[] = [
      { stack: stackOf(...IO_WAIT, 'main.(*client).readPump@/src/ws.go:40'), goroutines: open },
      {
        stack: stackOf('runtime.gopark', 'runtime.selectgo', 'main.(*client).writePump@/src/ws.go:70'),
        goroutines: open,
      },
    ];
    const judgement = judge(historyOf([run(240, 15, places)]));
    expect(judgement.verdict).toBe('watch');
    expect(judgement.incidents.flatMap((i) => i.reasons.map((r) => r.rule))).toContain('connections');
  });

  it('finds a leak that begins late in a long life', () => {
    const begin = 20 * 3600;
    const place: Place = { stack: LEAK_STACK, goroutines: (age) => 5 + Math.max(0, age - begin) / 10 };
    const judgement = judge(historyOf([run(400, (begin + 3000) / 400, [place])]));
    expect(judgement.verdict).toBe('leak');
    const sinceS = judgement.incidents[0]!.growingSinceMs / 1000 - START_S;
    expect(Math.abs(sinceS - begin)).toBeLessThan(600);
  });

  it('does not take a daily cycle for a leak once it has seen a day', () => {
    const random = randomOf(14);
    const place: Place = {
      stack: POOL_STACK,
      goroutines: (age) => poisson(random, 300 - 200 * Math.cos((2 * Math.PI * age) / 86_400)),
    };
    for (let points = 260; points <= 400; points += 10) {
      expect(judge(historyOf([run(points, 432, [place])])).verdict).not.toBe('leak');
    }
  });
});

it('gives every incident keys without lines, so that an edit above does not make a new one', () => {
  const [before] = judge(historyOf([run(240, 15, leakPlaces(60, 1))])).incidents;
  const moved = leakPlaces(60, 1).map((place) => ({
    ...place,
    stack: place.stack.map((frame) => ({ ...frame, line: frame.line + 7 })),
  }));
  const [after] = judge(historyOf([run(240, 15, moved)])).incidents;
  expect(after!.siteKeys).toEqual(before!.siteKeys);
  expect(before!.siteKeys[0]).toBe('goroutine|chan send|main.longRunningTask|main.handler.func1.gowrap1');
});

it('judges 50 instances of 200 stacks and 400 points in well under a second', () => {
  const random = randomOf(70);
  const quiet = Array.from(
    { length: 99 },
    (_, i): Place => ({
      stack: stackOf(...CHAN_RECEIVE, `main.worker${i}@/src/w.go:${i}`),
      goroutines: () => 10 + 5 * random(),
    }),
  );
  const heap = Array.from(
    { length: 99 },
    (_, i): Place => ({
      stack: stackOf(`main.alloc${i}@/src/a.go:${i}`, 'main.serve@/src/main.go:80'),
      bytes: () => MIB * (1 + random()),
      allocated: () => MIB,
    }),
  );
  const processes = Array.from({ length: 50 }, (_, i) =>
    run(400, 15, [...leakPlaces(100 + i, 1), ...quiet, ...heap], { instance: `i${i}`, session: `s${i}` }),
  );
  const history = historyOf(processes);
  judge(history);
  // CPU time, so that a busy machine does not decide.
  const began = process.cpuUsage();
  const judgement = judge(history);
  const tookMs = process.cpuUsage(began).user / 1000;
  expect(judgement.incidents).toHaveLength(1);
  expect(tookMs).toBeLessThan(1000);
  process.stdout.write(`50 instances x 200 stacks x 400 points: ${tookMs.toFixed(0)} ms of CPU\n`);
});

it('says nothing of memory that only data about references could say', () => {
  const judgements = [
    judge(historyOf([run(45, 2, leakPlaces(1, 5))]), 25_000),
    judge(historyOf([run(120, 2, leakPlaces(5, 10, 100))]), 25_000),
    judge(
      historyOf([
        run(
          240,
          15,
          leakPlaces(15, 1).filter((p) => p.bytes),
        ),
      ]),
    ),
  ];
  const texts = judgements.flatMap((j) => [
    j.note,
    ...j.incidents.flatMap((i) => [i.headline, i.lead, ...i.reasons.map((r) => r.text)]),
  ]);
  expect(texts.length).toBeGreaterThan(30);
  for (const text of texts) expect(text).not.toMatch(/\b(retain|holds?\b|own(s|ed)\b|keeps? alive|undefined|NaN|null)/);
});
