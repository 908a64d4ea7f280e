import { describe, expect, it } from 'vitest';
import { exploreHref, typeWith } from './links.ts';

describe('exploreHref', () => {
  it('presets service, type and version', () => {
    const href = exploreHref({ service: 'a b', type: 'memory:inuse_space:bytes:space:bytes', version: 'v1"2' });
    const query = new URLSearchParams(href.slice(href.indexOf('?')));
    expect(query.get('service')).toBe('a b');
    expect(query.get('type')).toBe('memory:inuse_space:bytes:space:bytes');
    expect(query.get('q')).toBe('version="v1\\"2"');
  });

  it('leaves out what is not known', () => {
    expect(exploreHref({ service: 'a', version: null, from: 'now-6h' })).toBe('/explore?service=a&from=now-6h');
  });
});

describe('typeWith', () => {
  it('finds the id with the sample type', () => {
    const ids = ['process_cpu:cpu:nanoseconds:cpu:nanoseconds', 'goroutines:goroutine:count:goroutine:count'];
    expect(typeWith('goroutine', ids)).toBe(ids[1]);
    expect(typeWith('inuse_space', ids)).toBeUndefined();
  });
});
