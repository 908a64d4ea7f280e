import { expect, test } from 'vitest';
import { colourCss } from './frame-colour.ts';
import { frameStyle } from './frame-style.ts';

const own = 'github.com/acme/checkout';
const cssOf = (name: string, file = '') => colourCss()[frameStyle(name, file, own).colour];

test('greys the standard library and the runtime', () => {
  expect(cssOf('net/http.(*conn).serve')).toBe('var(--flame-std)');
  expect(cssOf('runtime.mallocgc')).toBe('var(--flame-runtime)');
});

test('gives own packages more chroma than dependencies', () => {
  expect(cssOf('github.com/acme/checkout/cart.decode')).toContain('--flame-c-own');
  expect(cssOf('main.main')).toContain('--flame-c-own');
  expect(cssOf('github.com/redis/go-redis/v9.(*Client).Get')).toContain('--flame-c-dep');
});

test('colours a package alike, whatever the function', () => {
  expect(cssOf('github.com/acme/checkout/cart.decode')).toBe(cssOf('github.com/acme/checkout/cart.(*Store).Load'));
});

test('uses cool hues only', () => {
  for (const css of colourCss().slice(3)) {
    const hue = Number(/(\d+)\)$/.exec(css)?.[1]);
    expect(hue).toBeGreaterThanOrEqual(154);
    expect(hue).toBeLessThanOrEqual(310);
  }
  expect(colourCss()).toHaveLength(63);
});

test('names a frame by the last element of its package and the symbol', () => {
  const { short, symbol, packagePath } = frameStyle('github.com/acme/checkout/fanout.(*Dispatcher).fetch', '', own);
  expect([short, symbol, packagePath]).toEqual([
    'fanout.(*Dispatcher).fetch',
    '(*Dispatcher).fetch',
    'github.com/acme/checkout/fanout',
  ]);
});

test('drops major versions from names', () => {
  expect(frameStyle('github.com/redis/go-redis/v9.(*Client).Get', '').short).toBe('go-redis.(*Client).Get');
});

test('leaves the root and frames that stand for others neutral', () => {
  expect(cssOf('total')).toBe('var(--surface-3)');
  expect(frameStyle('(truncated)', '').symbol).toBe('(truncated)');
});
