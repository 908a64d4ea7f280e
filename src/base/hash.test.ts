import { expect, it } from 'vitest';
import { Hash64, hash64 } from './hash.ts';

it('gives the values that are already stored', () => {
  expect(hash64('')).toBe(432_884_142_649_110_479n);
  expect(hash64('main.main')).toBe(12_697_124_598_659_017_679n);
  expect(hash64('größe 😀')).toBe(9_434_977_001_694_810_593n);
  expect(new Hash64().string('main.go').uint32(27).bigint()).toBe(10_981_469_330_224_807_945n);
});

it('tells where one string ends and the next begins', () => {
  expect(new Hash64().string('ab').string('c').bigint()).not.toBe(new Hash64().string('a').string('bc').bigint());
});

it('has no collision among 200,000 near-equal strings, in either half', () => {
  const seen = new Set<bigint>();
  const low = new Set<number>();
  for (let i = 0; i < 200_000; i++) {
    const hash = new Hash64().string(`main.(*Server).handle.func${i}`);
    seen.add(hash.bigint());
    low.add(hash.lanes()[1]);
  }
  expect(seen.size).toBe(200_000);
  // 2^32 values: about 5 collisions are chance.
  expect(low.size).toBeGreaterThan(199_950);
});

it('joins its lanes, high first', () => {
  const hash = new Hash64().string('x');
  const [high, low] = hash.lanes();
  expect(hash.bigint()).toBe(BigInt(high) * 2n ** 32n + BigInt(low));
});
