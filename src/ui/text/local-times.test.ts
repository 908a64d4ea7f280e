import { describe, expect, it } from 'vitest';
import { localTimes } from './local-times.ts';

const NOW = Date.parse('2026-11-18T14:32:00Z');

describe('localTimes', () => {
  it('gives times in the zone of the reader', () => {
    const sentence = 'Growth stopped at 13:10 UTC; judged from 10 profiles, about 14:40 UTC.';
    expect(localTimes(sentence, NOW, NOW, 'Europe/Berlin')).toBe(
      'Growth stopped at 14:10; judged from 10 profiles, about 15:40.',
    );
    expect(localTimes(sentence, NOW, NOW, 'UTC')).toBe(
      'Growth stopped at 13:10; judged from 10 profiles, about 14:40.',
    );
  });

  it('takes the day nearest to what the sentence is about', () => {
    const midnight = Date.parse('2026-11-18T00:05:00Z');
    expect(localTimes('at 23:58 UTC', midnight, NOW, 'UTC')).toBe('at Tue 23:58');
    expect(localTimes('at 00:10 UTC', midnight, NOW, 'UTC')).toBe('at 00:10');
  });

  it('leaves everything else as it is', () => {
    expect(localTimes('main.go:37 UTC', NOW, NOW, 'UTC')).toBe('main.go:37 UTC');
  });
});
