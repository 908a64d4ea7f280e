import { expect, it } from 'vitest';
import { restOf } from './loop.ts';

it('rests for the work of a round, neither for its waiting nor for what others do meanwhile', () => {
  expect(restOf({ wallMs: 100, cpuMs: 100 })).toBe(900);
  expect(restOf({ wallMs: 800, cpuMs: 100 })).toBe(900);
  expect(restOf({ wallMs: 100, cpuMs: 800 })).toBe(900);
});
