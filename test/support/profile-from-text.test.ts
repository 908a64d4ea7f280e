import { expect, it } from 'vitest';
import { profileFromText, profileToFolded } from './profile-from-text.ts';

it('reads stacks root first and stores them leaf first', () => {
  const profile = profileFromText('main;handler;work@work.go:12 10');
  expect(Array.from(profile.stackFrames, (index) => profile.frames[index]?.function)).toEqual([
    'work',
    'handler',
    'main',
  ]);
  expect(profile.frames[0]).toEqual({ function: 'work', file: 'work.go', line: 12 });
  expect([...profile.stackOffsets]).toEqual([0, 3]);
});

it('stores equal frames and stacks once', () => {
  const profile = profileFromText('a;b 1\na;b 2\na;c 3\na 4');
  expect(profile.frames).toHaveLength(3);
  expect([...profile.sampleStacks]).toEqual([0, 0, 1, 2]);
});

it('reads several values, labels and the empty stack', () => {
  const sampleTypes = [
    { type: 'alloc_objects', unit: 'count' },
    { type: 'alloc_space', unit: 'bytes' },
  ];
  const profile = profileFromText('main.(*T[...]).run 1 -20 {request=abc bytes=48}\n7 8', { sampleTypes });
  expect([...profile.sampleValues]).toEqual([1n, -20n, 7n, 8n]);
  expect(profile.sampleLabels.get(0)).toEqual([
    { key: 'request', text: 'abc' },
    { key: 'bytes', number: 48n, unit: '' },
  ]);
  expect(profileToFolded(profile, 1)).toBe('8\nmain.(*T[...]).run -20');
});

it('writes back what it read, added up by stack', () => {
  const text = 'main;work@w.go:3 5\nmain;work@w.go:4 6';
  expect(profileToFolded(profileFromText(text))).toBe(text);
  expect(profileToFolded(profileFromText('a;b 1\na;b 2\na;c 0'))).toBe('a;b 3');
});

it('refuses a line whose values do not match the sample types', () => {
  expect(() => profileFromText('main 1 2')).toThrow('"main 1 2" has 2 values for 1 sample types');
});
