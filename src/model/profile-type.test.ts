import { expect, it } from 'vitest';
import { isGauge, parseProfileType } from './profile-type.ts';

it('reads the five parts of an id', () => {
  expect(parseProfileType('memory:inuse_space:bytes:space:bytes')).toEqual({
    id: 'memory:inuse_space:bytes:space:bytes',
    name: 'memory',
    sampleType: 'inuse_space',
    sampleUnit: 'bytes',
    periodType: 'space',
    periodUnit: 'bytes',
  });
});

it('drops a sixth part `delta`, and takes an empty period', () => {
  expect(parseProfileType('memory:alloc_space:bytes:space:bytes:delta').id).toBe(
    'memory:alloc_space:bytes:space:bytes',
  );
  expect(parseProfileType('wall:wall:nanoseconds::').id).toBe('wall:wall:nanoseconds::');
});

it.each(['', 'memory', 'a:b:c:d', 'a:b:c:d:e:f', ':b:c:d:e', 'a::c:d:e', 'a:b:c:d:e:delta:g'])(
  'refuses "%s"',
  (text) => {
    expect(() => parseProfileType(text)).toThrow(`not \`${text}\``);
  },
);

it.each([
  ['inuse_space', true],
  ['inuse_objects', true],
  ['goroutine', true],
  ['goroutineleak', true],
  ['alloc_space', false],
  ['cpu', false],
  ['delay', false],
])('knows whether %s is a snapshot', (sampleType, expected) => {
  expect(isGauge({ sampleType })).toBe(expected);
});
