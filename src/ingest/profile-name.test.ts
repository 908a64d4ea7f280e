import { expect, test } from 'vitest';
import { profileFromText } from '../../test/support/profile-from-text.ts';
import { Problem } from '../base/problem.ts';
import { isCumulative, parseSampleTypeConfig, profileTypesOf } from './profile-name.ts';

const json = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

/** Ids of `type:unit …` with a period `type:unit` and a `sample_type_config`. */
function ids(types: string, period: string, config?: unknown): string[] {
  const pair = (text: string) => ({ type: text.split(':')[0] ?? '', unit: text.split(':')[1] ?? '' });
  const profile = profileFromText('', { sampleTypes: types.split(' ').map(pair), periodType: pair(period) });
  return profileTypesOf(profile, parseSampleTypeConfig(config === undefined ? undefined : json(config)));
}

function keyOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error.key;
    throw error;
  }
  return 'no problem';
}

const LOCKS = 'contentions:count delay:nanoseconds';

test('names the types of the Go SDKs as Pyroscope does', () => {
  expect(ids('samples:count cpu:nanoseconds', 'cpu:nanoseconds')).toEqual([
    'process_cpu:samples:count:cpu:nanoseconds',
    'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  ]);
  expect(ids('alloc_objects:count inuse_space:bytes', 'space:bytes')).toEqual([
    'memory:alloc_objects:count:space:bytes',
    'memory:inuse_space:bytes:space:bytes',
  ]);
  expect(ids('goroutine:count', 'goroutine:count', { goroutine: { 'display-name': 'goroutines' } })).toEqual([
    'goroutines:goroutine:count:goroutine:count',
  ]);
  const leak = { goroutineleak: { units: 'goroutines', 'display-name': 'goroutine_leak' } };
  expect(ids('goroutineleak:count', 'goroutineleak:count', leak)).toEqual([
    'goroutine_leak:goroutineleak:count:goroutineleak:count',
  ]);
});

test('tells mutex from block by the display name, and takes mutex without one', () => {
  const names = (kind: string) => ({
    contentions: { 'display-name': `${kind}_count` },
    delay: { 'display-name': `${kind}_duration` },
  });
  expect(ids(LOCKS, 'contentions:count', names('block'))[1]).toBe('block:delay:nanoseconds:contentions:count');
  expect(ids(LOCKS, 'contentions:count', names('mutex'))[1]).toBe('mutex:delay:nanoseconds:contentions:count');
  expect(ids(LOCKS, 'contentions:count')[0]).toBe('mutex:contentions:count:contentions:count');
});

test('wall wins wherever it stands', () => {
  expect(ids('samples:count wall:nanoseconds', 'wall:nanoseconds')[0]).toBe('wall:samples:count:wall:nanoseconds');
});

test('falls back to the last display name', () => {
  expect(ids('first:count second:count', ':')).toEqual(['second:first:count::', 'second:second:count::']);
});

test('a given configuration replaces the default one', () => {
  expect(ids('goroutine:count', 'goroutine:count', {})).toEqual(['goroutine:goroutine:count:goroutine:count']);
});

test('refuses types from which no id can be made', () => {
  for (const types of ['a%3Ab:count', 'a:b\u0001', `${'x'.repeat(201)}:count`, ':count', 'a:count a:count']) {
    const profile = profileFromText('', {
      sampleTypes: types.split(' ').map((text) => {
        const [type = '', unit = ''] = text.split(':');
        return { type: type.replace('%3A', ':'), unit };
      }),
    });
    expect(keyOf(() => profileTypesOf(profile, new Map()))).toBe('badSampleType');
  }
});

test('refuses a broken configuration', () => {
  for (const text of ['{', '[]', '"a"', '{"a":1}', '{"a":{"display-name":1}}', '{"a":{"cumulative":"yes"}}']) {
    expect(keyOf(() => parseSampleTypeConfig(json(text)))).toBe('brokenSampleTypeConfig');
  }
});

test('knows which types count from the start of the process', () => {
  const config = parseSampleTypeConfig(json({ special: { cumulative: true }, delay: { cumulative: false } }));
  const types = ['alloc_space', 'contentions', 'inuse_space', 'special', 'delay', 'goroutine'];
  expect(types.filter((type) => isCumulative(type, config))).toEqual(['alloc_space', 'contentions', 'special']);
});
