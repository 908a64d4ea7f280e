import { describe, expect, it } from 'vitest';
import {
  judge,
  LEAK_STACK,
  leakPlaces,
  MINUTE_MS,
  POOL_STACK,
  poolPlace,
  run,
} from '../../../test/support/leaking-program.ts';
import {
  CHAN_SEND,
  type Curve,
  historyOf,
  nowMsOf,
  type Place,
  randomOf,
  START_S,
  stackOf,
} from '../../../test/support/synthetic-history.ts';
import { judgeService } from './judge-service.ts';
import { lifetimesOf } from './lifetimes.ts';

const MIB = 2 ** 20;

describe('process lifetimes', () => {
  it('keeps a leak over a restart until the new process is old enough', () => {
    const before = run(240, 15, leakPlaces(15, 1), { session: 's1' });
    const after = run(20, 15, leakPlaces(16, 1), { session: 's2', startS: START_S + 3700 });
    const judgement = judge(historyOf([before, after]));
    expect(judgement.verdict).toBe('leak');
    expect(judgement.incidents).toHaveLength(1);
    expect(judgement.incidents[0]!.instances).toBe(1);
  });

  it('drops it when the next version does not grow', () => {
    const before = run(240, 15, leakPlaces(17, 1), { session: 's1', version: 'v1' });
    const after = run(240, 15, [poolPlace(18)], { session: 's2', version: 'v2', startS: START_S + 3700 });
    expect(judge(historyOf([before, after])).verdict).toBe('steady');
  });

  it('names the version that leaks and the one that does not', () => {
    const clean = leakPlaces(19, 1).map((place) => ({
      ...place,
      goroutines: () => 3,
      bytes: () => MIB,
      allocated: () => 0,
    }));
    const before = run(240, 15, clean, { session: 's1', version: 'v1' });
    const after = run(240, 15, leakPlaces(20, 1), { session: 's2', version: 'v2', startS: START_S + 3700 });
    const judgement = judge(historyOf([before, after]));
    expect(judgement.incidents[0]).toMatchObject({ verdict: 'leak', version: 'v2' });
    expect(judgement.incidents[0]!.reasons.find((reason) => reason.rule === 'control')).toMatchObject({
      controlVersion: 'v1',
      group: 'for',
    });
  });

  it('counts instances, not sessions', () => {
    const runs = ['a', 'b', 'c'].map((instance, i) =>
      run(240, 15, leakPlaces(21 + i, 1), { instance, session: `${instance}1` }),
    );
    const judgement = judge(historyOf(runs));
    expect(judgement.incidents).toHaveLength(1);
    expect(judgement.incidents[0]!.instances).toBe(3);
    expect(judgement.incidents[0]!.rate.goroutinesPerSecond!.value).toBeGreaterThan(2.5);
    expect(judgement.incidents[0]!.evidence.goroutines).toHaveLength(3);
  });

  it('cuts restarts that keep the session id, as pyroscope-go does on one host', () => {
    // Four runs of a filling pool: joined they are a saw-tooth, each alone grows to its end.
    const perRun = 150;
    const place = (): Place => ({
      stack: LEAK_STACK,
      goroutines: (_, i) => 10 + (i % perRun) * 4,
      bytes: (_, i) => 4 * MIB + (i % perRun) * MIB,
      objectBytes: 4096,
      allocated: () => MIB,
    });
    const joined = historyOf([run(perRun * 2, 15, [place()], { session: 'host' })]);
    const judgement = judge(joined);
    expect(judgement.verdict).toBe('leak');
    expect(judgement.incidents[0]!.reasons.find((reason) => reason.rule === 'restart')).toMatchObject({
      group: 'for',
      growing: 2,
    });
  });

  it('keeps the finding over such a restart, with a gap, and calls the new run again', () => {
    const [goroutines, memory] = leakPlaces(97, 4, 225);
    // Profiles 200 to 360 never came; the process is new after them, with a quarter of the old one's goroutines.
    const restarted =
      (curve: Curve): Curve =>
      (age, i) =>
        i < 200 ? curve(age, i) : curve(2 * (i - 309), i - 310);
    const places = [
      { ...goroutines!, goroutines: restarted(goroutines!.goroutines!) },
      { ...memory!, bytes: restarted(memory!.bytes!), allocated: () => 0 },
    ];
    const isLost = (i: number) => i >= 200 && i < 360;
    for (let points = 362; points <= 420; points += 2) {
      const judgement = judge(historyOf([run(points, 2, places, { isLost, session: 'host' })]), 25_000);
      expect(judgement.incidents).toHaveLength(1);
      // Rules may doubt for one evaluation, births being random; then the ledger keeps the leak.
      if (points < 390) expect(judgement.verdict).toBe('leak');
    }
  });

  /** Memory that the process took when it began: the same bytes until its end. */
  function lasting(runs: readonly number[], bytesOf: (run: number) => number): readonly Place[] {
    return ['client', 'pool', 'table'].map((name, k) => ({
      stack: stackOf(`main.new${name}@/src/${name}.go:9`, 'main.main@/src/main.go:5'),
      bytes: (_, i) => (runs[i] === undefined ? 0 : 550_000 + 1000 * k + bytesOf(runs[i]) * (k + 1)),
      objectBytes: 1000,
    }));
  }
  const points = (perRun: readonly number[]) => perRun.flatMap((count, k) => Array.from({ length: count }, () => k));

  it('cuts at restarts where memory hardly falls, by the samples that are gone', () => {
    const runs = points([50, 50, 50]);
    const begun = (i: number) => i - runs.indexOf(runs[i]!);
    const places = [
      { stack: LEAK_STACK, goroutines: (_: number, i: number) => 10 + 4 * begun(i) },
      ...lasting(runs, (k) => k * 700),
    ];
    expect(lifetimesOf(historyOf([run(150, 2, places)]).segments)).toHaveLength(3);
  });

  it('cuts at a restart that came a profile after everything had been shut down', () => {
    const runs = points([50, 50]);
    const goroutines = (_: number, i: number) => (i >= 48 && i < 52 ? 10 : 200);
    const places = [{ stack: LEAK_STACK, goroutines }, ...lasting(runs, (k) => k * 700)];
    expect(lifetimesOf(historyOf([run(100, 2, places)]).segments)).toHaveLength(2);
  });

  it('does not cut where a burst drains, though a sample goes at the same time', () => {
    const burst: Place = {
      stack: LEAK_STACK,
      goroutines: (_, i) => (i % 20 < 3 ? 200 : 20),
      bytes: (_, i) => (i % 20 < 3 ? 600_000 : 0),
    };
    const places = [burst, ...lasting(points([100]), () => 0).slice(0, 2)];
    expect(lifetimesOf(historyOf([run(100, 2, places)]).segments)).toHaveLength(1);
  });

  it('does not call a level that an earlier run reached and kept', () => {
    const random = randomOf(80);
    const fill: Curve = (age) => 50 + Math.min(age / 4, 600) + 10 * random();
    const earlier = run(400, 15, [{ stack: POOL_STACK, goroutines: fill }], { session: 's1' });
    const later = run(130, 15, [{ stack: POOL_STACK, goroutines: fill }], { session: 's2', startS: START_S + 6100 });
    const judgement = judge(historyOf([earlier, later]));
    expect(judgement.verdict).not.toBe('leak');
    expect(judgement.incidents[0]!.reasons.find((reason) => reason.rule === 'knownLevel')).toMatchObject({
      group: 'against',
    });
  });

  it('calls a leak again that an earlier run had up to its limit', () => {
    const runs = [0, 1, 2].map((i) =>
      run(240, 15, leakPlaces(90 + i, 2, 1500), { session: `s${i}`, startS: START_S + i * 3700 }),
    );
    const last = run(120, 15, leakPlaces(93, 1), { session: 's3', startS: START_S + 3 * 3700 });
    const judgement = judge(historyOf([...runs, last]));
    expect(judgement.verdict).toBe('leak');
    expect(judgement.incidents).toHaveLength(1);
    expect(judgement.incidents[0]).toMatchObject({ levelledOff: false, kind: 'both' });
  });

  it('counts only the new process after a restart', () => {
    const before = run(240, 15, leakPlaces(94, 1), { session: 's1' });
    const after = run(60, 15, leakPlaces(95, 1), { session: 's2', startS: START_S + 3700 });
    const [incident] = judge(historyOf([before, after])).incidents;
    expect(incident!.evidence.goroutinesNow).toBeLessThan(1200);
    expect(incident!.rate.goroutinesPerSecond!.value).toBeLessThan(1.5);
    expect(incident!.evidence.goroutines).toHaveLength(2);
  });

  it('calls a service that is killed young again and again', () => {
    const runs = [0, 1, 2, 3].map((i) =>
      run(
        60,
        15,
        leakPlaces(30 + i, 2).filter((p) => p.bytes),
        { session: `s${i}`, startS: START_S + i * 930 },
      ),
    );
    const one = judge(historyOf(runs.slice(0, 1)));
    expect(one.verdict).toBe('watch');
    expect(judge(historyOf(runs)).verdict).toBe('leak');
  });
});

describe('missing data', () => {
  it('waits for enough profiles, and says when it will judge', () => {
    const judgement = judge(historyOf([run(3, 10, leakPlaces(40, 1))]));
    expect(judgement.verdict).toBe('nodata');
    expect(judgement.note).toMatch(/^First profile 20.s ago; judged from 10 profiles, about \d\d:\d\d UTC\.$/);
    expect(judge(historyOf([run(10, 10, [poolPlace(41)])])).verdict).toBe('steady');
  });

  it('says so when nothing it can judge arrives', () => {
    const judgement = judgeService({ service: 'shop', segments: [], stacks: new Map() }, { minAgeMs: 0, nowMs: 0 });
    expect(judgement).toMatchObject({ verdict: 'nodata', incidents: [] });
  });

  it('is silent after three steps, and keeps what it found', () => {
    const history = historyOf([run(240, 15, leakPlaces(42, 1))]);
    const judgement = judgeService(history, { minAgeMs: 30 * MINUTE_MS, nowMs: nowMsOf(history) + 60_000 });
    expect(judgement.verdict).toBe('nodata');
    expect(judgement).toMatchObject({ isSilent: true, note: expect.stringMatching(/^Silent/) });
    expect(judgement.incidents[0]!.verdict).toBe('leak');
  });

  it('judges by time where profiles are lost', () => {
    const random = randomOf(43);
    const lost = new Set(Array.from({ length: 300 }, (_, i) => i).filter((i) => random() < 0.4 || (i > 60 && i < 100)));
    const isLost = (i: number) => lost.has(i);
    const judgement = judge(historyOf([run(300, 15, leakPlaces(44, 1), { isLost })]));
    expect(judgement.verdict).toBe('leak');
  });
});

describe('proof by the runtime', () => {
  it('is a leak at once, from one profile, whatever the minimum age', () => {
    const place: Place = { stack: LEAK_STACK, goroutines: () => 3, proven: () => 3 };
    const judgement = judge(historyOf([run(1, 15, [place])]));
    expect(judgement.verdict).toBe('leak');
    expect(judgement.incidents[0]).toMatchObject({
      verdict: 'leak',
      kind: 'goroutine',
      score: 100,
      waitState: 'chan send',
      culprit: { function: 'main.longRunningTask' },
    });
    expect(judgement.incidents[0]!.evidence.provenGoroutines).toBe(3);
    expect(judgement.incidents[0]!.reasons[0]).toMatchObject({ rule: 'proof', group: 'for', provenGoroutines: 3 });
  });

  it('joins the growing site with the same frames', () => {
    const [goroutines, memory] = leakPlaces(50, 2);
    const judgement = judge(
      historyOf([run(60, 15, [{ ...goroutines!, proven: goroutines!.goroutines! }, memory!])]),
      24 * 60 * MINUTE_MS,
    );
    expect(judgement.incidents).toHaveLength(1);
    expect(judgement.incidents[0]).toMatchObject({ verdict: 'leak', kind: 'both', score: 100 });
  });

  it('never comes from the profiling client', () => {
    const stack = stackOf(...CHAN_SEND, 'github.com/grafana/pyroscope-go.(*Session).flush@session.go:145');
    expect(judge(historyOf([run(20, 15, [{ stack, goroutines: () => 30, proven: () => 30 }])])).verdict).toBe('steady');
  });
});
