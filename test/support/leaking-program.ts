import { judgeService } from '../../src/analysis/leaks/judge-service.ts';
import type { Judgement } from '../../src/model/finding.ts';
import type { ServiceHistory } from '../../src/model/history.ts';
import {
  CHAN_RECEIVE,
  CHAN_SEND,
  type Curve,
  nowMsOf,
  type Place,
  type Process,
  poisson,
  randomOf,
  sampledGrowth,
  stackOf,
} from './synthetic-history.ts';

/** The places of a leaking program, and of what often stands beside a leak. */
export const MINUTE_MS = 60_000;

export const LEAK_STACK = stackOf(
  ...CHAN_SEND,
  'main.longRunningTask@/src/main.go:35',
  'main.handler.func1.gowrap1@/src/main.go:51',
);
export const ALLOCATION_STACK = stackOf(
  'main.longRunningTask@/src/main.go:33',
  'main.handler.func1.gowrap1@/src/main.go:51',
);
export const POOL_STACK = stackOf(
  ...CHAN_RECEIVE,
  'main.(*pool).worker@/src/pool.go:20',
  'main.newPool.gowrap1@/src/pool.go:11',
);
export const CACHE_STACK = stackOf(
  'main.(*cache).add@/src/cache.go:30',
  'main.serve@/src/main.go:80',
  'net/http.HandlerFunc.ServeHTTP@server.go:2220',
);
export const OBJECT_BYTES = 106_496;

/** Judged right after its newest profile. */
export function judge(history: ServiceHistory, minAgeMs = 30 * MINUTE_MS): Judgement {
  return judgeService(history, { minAgeMs, nowMs: nowMsOf(history) });
}

/** The example program: `perSecond` goroutines a second, each with one slice, until `untilS`. */
export function leakPlaces(seed: number, perSecond: number, untilS = Number.POSITIVE_INFINITY): readonly Place[] {
  const random = randomOf(seed);
  const counts: number[] = [];
  const goroutines: Curve = (age, i) => {
    const step = age / (i + 1);
    for (let k = counts.length; k <= i; k++) {
      const born = (k + 1) * step <= untilS ? poisson(random, perSecond * step) : 0;
      counts.push((counts[k - 1] ?? 0) + born);
    }
    return counts[i]!;
  };
  const bytes = sampledGrowth(random, goroutines, OBJECT_BYTES);
  let last = 0;
  const allocated: Curve = (age, i) => {
    const now = bytes(age, i);
    const born = now - last;
    last = now;
    return born;
  };
  return [
    { stack: LEAK_STACK, goroutines },
    { stack: ALLOCATION_STACK, bytes, allocated, objectBytes: OBJECT_BYTES },
  ];
}

/** A pool whose size walks about 300. */
export function poolPlace(seed: number): Place {
  const random = randomOf(seed);
  return { stack: POOL_STACK, goroutines: () => 300 + 80 * (random() - 0.5) };
}

export function run(points: number, stepS: number, places: readonly Place[], rest: Partial<Process> = {}): Process {
  return { points, stepS, places, ...rest };
}
