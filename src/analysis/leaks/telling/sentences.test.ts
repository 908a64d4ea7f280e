import { describe, expect, it } from 'vitest';
import { judge, leakPlaces, run } from '../../../../test/support/leaking-program.ts';
import {
  CHAN_RECEIVE,
  historyOf,
  nowMsOf,
  type Place,
  randomOf,
  sampledGrowth,
  stackOf,
} from '../../../../test/support/synthetic-history.ts';
import { judgeService } from '../judge-service.ts';
import { message, say } from './sentences.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

function headline(params: Record<string, string | number | null>): string {
  const shared = { service: 'shop', function: 'main.f', waitState: 'chan send', ageMs: 60_000 };
  return plain(say(message('headline.leak.goroutines', { ...shared, ...params })));
}

function lead(params: Record<string, string | number | null>): string {
  return plain(say(message('lead.goroutines', { file: '/src/a.go', line: 7, stuck: 1, ...params })));
}

describe('rates', () => {
  it.each([
    [1, '1 goroutine per second'],
    [0.9989, '1 goroutine per second'],
    [1.0012, '1 goroutine per second'],
    [0.972, '58 goroutines per minute'],
    [1 / 60, '1 goroutine per minute'],
    [12.34, '12 goroutines per second'],
    [0, 'goroutines'],
  ])('say %d a second in whole words', (goroutinesPerSecond, words) => {
    expect(headline({ goroutinesPerSecond })).toBe(`shop leaks ${words} at one chan send in main.f, for 1 min.`);
  });

  it('are in the past where no more profiles come', () => {
    expect(headline({ goroutinesPerSecond: 2, until: '06:44 UTC' })).toBe(
      'shop leaked 2 goroutines per second at one chan send in main.f, for 1 min until 06:44 UTC.',
    );
  });

  it('of a service that fell silent are those of then', () => {
    const history = historyOf([run(45, 2, leakPlaces(1, 5))]);
    const [incident] = judgeService(history, { minAgeMs: 25_000, nowMs: nowMsOf(history) + 120_000 }).incidents;
    expect(incident!.headline).toMatch(/^shop leaked .* until \d\d:\d\d UTC\.$/);
    expect(incident!.lead).toMatch(/^Goroutines .* waited in chan send .* grew by /);
  });
});

describe('waits', () => {
  it('name what does not come only where goroutines stay', () => {
    expect(lead({ waitState: 'chan send' })).toBe('Goroutines wait in chan send at a.go:7 and nothing receives.');
    expect(lead({ waitState: 'chan send', stuck: 0 })).toBe(
      'Goroutines wait in chan send at a.go:7, and more come than go.',
    );
  });

  it('do not say that nothing comes where a timer may', () => {
    expect(lead({ waitState: 'select' })).toBe('Goroutines wait in select at a.go:7 and stay there.');
    expect(lead({ waitState: 'chan receive' })).not.toContain('sent');
  });

  it('on the network say in which direction', () => {
    const wait = { waitState: 'IO wait', stuck: 0 };
    expect(lead({ ...wait, direction: 'write' })).toMatch(/^Goroutines wait to write to the network at/);
    expect(lead({ ...wait, direction: 'read' })).toMatch(/^Goroutines wait to read from the network at/);
  });
});

describe('bytes per goroutine', () => {
  it('are an interval where they are not certain', () => {
    const size = { bytesPerGoroutine: 20_000, bytesPerGoroutineLow: 10_240, bytesPerGoroutineHigh: 25_600 };
    expect(headline({ goroutinesPerSecond: 2, ...size })).toContain(', 10 to 25 KiB each,');
    expect(headline({ goroutinesPerSecond: 2, bytesPerGoroutine: 106_496 })).toContain(', about 104 KiB each,');
  });

  it('of whole objects give the growth in bytes', () => {
    const [incident] = judge(historyOf([run(45, 2, leakPlaces(1, 5))]), 25_000).incidents;
    const { goroutinesPerSecond, bytesPerSecond } = incident!.rate;
    expect(incident!.headline).toMatch(/about 104.KiB each/);
    expect(bytesPerSecond!.value).toBeCloseTo(goroutinesPerSecond!.value * incident!.evidence.bytesPerGoroutine!.value);
  });

  it('are those of one object from the first profiles on, of a young process whose heap profile lags', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [goroutines, memory] = leakPlaces(seed, 20);
      const lags: Place = { ...memory!, bytes: (age, i) => memory!.bytes!(age, i) * (i < 4 ? 0.3 : 1) };
      for (let points = 10; points <= 14; points++) {
        const [incident] = judge(historyOf([run(points, 2, [goroutines!, lags])]), 25_000).incidents;
        const said = /about ([\d.]+).KiB each/.exec(incident?.headline ?? '');
        if (said !== null) expect(Number(said[1])).toBeCloseTo(104, 0);
      }
    }
  });

  it('of a few small objects are not said to be one value, unless it is theirs', () => {
    const headlines = Array.from({ length: 20 }, (_, seed) => {
      const count = (age: number) => Math.floor(2.5 * age);
      const places: Place[] = [
        { stack: stackOf(...CHAN_RECEIVE, 'main.audit@/src/a.go:7'), goroutines: count },
        {
          stack: stackOf('main.audit@/src/a.go:5'),
          objectBytes: 12_288,
          bytes: sampledGrowth(randomOf(seed), count, 12_288),
          allocated: () => 0,
        },
      ];
      return judge(historyOf([run(110, 2, places)]), 25_000).incidents[0]!.headline;
    });
    for (const text of headlines) if (text.includes('about')) expect(text).toMatch(/about 12\.0.KiB each/);
    expect(headlines.filter((text) => /, [\d.]+ to [\d.]+.KiB each/.test(text)).length).toBeGreaterThan(5);
  });
});

it('begins every sentence of a lead with a capital or a number', () => {
  for (let points = 10; points <= 45; points++) {
    for (const { lead } of judge(historyOf([run(points, 2, leakPlaces(3, 4))]), 25_000).incidents) {
      for (const sentence of lead.split(/(?<=\.) /)) expect(sentence).toMatch(/^[A-Z\d]/);
    }
  }
});

it('says that either kind of profile is enough', () => {
  const { note } = judgeService({ service: 'shop', segments: [], stacks: new Map() }, { minAgeMs: 0, nowMs: 0 });
  expect(note).toContain('either one is enough');
});
