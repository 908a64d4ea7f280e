import { describe, expect, it } from 'vitest';
import { choiceParam, withChange } from './url.ts';

describe('withChange', () => {
  it('keeps parameters that no page knows', () => {
    expect(withChange('?tenant=a&from=now-1h', { from: 'now-3h' })).toBe('tenant=a&from=now-3h');
  });

  it('removes with null and repeats with a list', () => {
    expect(withChange('?find=x&only=a', { find: null, only: ['b', 'c'] })).toBe('only=b&only=c');
  });

  it('leaves values readable', () => {
    expect(withChange('', { sort: 'memory:desc', q: 'a="b&c"' })).toBe('sort=memory:desc&q=a%3D%22b%26c%22');
  });

  it('changes nothing without a change', () => {
    expect(withChange('?a=1&b=2', {})).toBe('a=1&b=2');
  });
});

describe('choiceParam', () => {
  const param = choiceParam('view', ['both', 'table'], 'a view');

  it('falls back to the first choice', () => {
    expect(param.fallback).toBe('both');
  });

  it('does not take what is no choice', () => {
    expect(param.parse('table')).toBe('table');
    expect(param.parse('flame')).toBeUndefined();
  });
});
