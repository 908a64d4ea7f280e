import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../model/finding.ts';
import type { Finding, Service } from '../../../wire/api.ts';
import { groupCounts, growthText, leaksMeta, leaksSentence } from './leaks-sentence.ts';
import { DEFAULT_SORT, findServices, nextSort, parseSort, sortServices } from './service-order.ts';
import { newLeaks } from './verdict-news.tsx';

const service = (name: string, verdict: Verdict, score?: number): Service => ({
  name,
  verdict,
  note: '',
  isSilent: false,
  versions: ['v1'],
  instances: 2,
  findings: 0,
  lastSeen: '2026-11-18T14:32:00Z',
  firstSeen: '2026-11-18T14:32:00Z',
  profileTypes: [],
  goroutines: null,
  heapBytes: null,
  topFinding: score === undefined ? null : ({ id: '7', score, rate: RATE } as unknown as Finding),
});
const RATE = { goroutinesPerSecond: null, bytesPerSecond: { value: (431 * 1_048_576) / 3600, low: 1, high: 2 } };

const silent = (name: string): Service => ({ ...service(name, 'nodata'), isSilent: true });

const names = (services: readonly Service[]) => services.map(({ name }) => name);

describe('sortServices', () => {
  it('puts leaks first, by score, then watched, without data, steady', () => {
    const services = [
      service('steady', 'steady'),
      service('new', 'nodata'),
      service('mild', 'leak', 10),
      service('watched', 'watch', 99),
      service('bad', 'leak', 90),
    ];
    expect(names(sortServices(services, DEFAULT_SORT))).toEqual(['bad', 'mild', 'watched', 'new', 'steady']);
  });

  it('sorts growth that has ended below growth, and above services without a finding', () => {
    const ended = service('ended', 'leak', 90);
    const services = [
      service('steady', 'steady'),
      { ...ended, topFinding: { ...ended.topFinding, levelledOff: true } as Finding },
      service('grows', 'watch', 50),
    ];
    expect(names(sortServices(services, { column: 'growth', descending: true }))).toEqual(['grows', 'ended', 'steady']);
  });

  it('keeps the order of names among equals', () => {
    const services = [service('b', 'steady'), service('a', 'steady')];
    expect(names(sortServices(services, DEFAULT_SORT))).toEqual(['a', 'b']);
  });
});

describe('parseSort', () => {
  it('takes a column with a direction and nothing else', () => {
    expect(parseSort('memory:asc')).toEqual({ column: 'memory', descending: false });
    expect(parseSort('memory')).toBeUndefined();
    expect(parseSort('colour:asc')).toBeUndefined();
  });

  it('starts a column in its useful direction, then turns it', () => {
    const first = nextSort(DEFAULT_SORT, 'memory');
    expect(first.descending).toBe(true);
    expect(nextSort(first, 'memory').descending).toBe(false);
    expect(nextSort(DEFAULT_SORT, 'name').descending).toBe(false);
  });
});

describe('findServices', () => {
  const services = [service('checkout-api', 'steady'), service('Auth', 'steady')];

  it('ignores case unless the text has a capital', () => {
    expect(names(findServices(services, 'auth'))).toEqual(['Auth']);
    expect(names(findServices(services, 'Checkout'))).toEqual([]);
  });

  it('takes a regular expression between slashes', () => {
    expect(names(findServices(services, '/^check/'))).toEqual(['checkout-api']);
    expect(names(findServices(services, '/(/'))).toEqual([]);
  });

  it('does not take other text as an expression', () => {
    expect(names(findServices(services, 'checkout.api'))).toEqual([]);
  });
});

describe('newLeaks', () => {
  it('names services that turned into leaks, not those seen for the first time', () => {
    const before = new Map([
      ['a', 'watch'],
      ['b', 'leak'],
    ] as const);
    const services = [service('a', 'leak', 1), service('b', 'leak', 1), service('c', 'leak', 1)];
    expect(newLeaks(before, services)).toEqual(['a']);
  });
});

describe('leaksSentence', () => {
  it('counts leaks and names the most urgent', () => {
    const sentence = leaksSentence([service('bad', 'leak', 90), service('ok', 'steady')]);
    expect(sentence.first).toBe('1 of 2 services leaks.');
    expect(sentence.urgent).toEqual({ name: 'bad', caseId: '7', growth: '+431\u202fMiB/h' });
  });

  it('counts leaks among what was judged', () => {
    const first = (...services: Service[]) => leaksSentence(services).first;
    const leak = service('bad', 'leak', 90);
    expect(first(leak)).toBe('The only service leaks.');
    expect(first(leak, silent('a'), service('b', 'nodata'))).toBe('1 of 3 services leaks, the only one judged.');
    expect(first(leak, service('ok', 'steady'), service('b', 'nodata'))).toBe('1 of 2 judged services leaks.');
  });

  it('tells silent services from those that wait for data', () => {
    const services = [service('bad', 'leak', 90), service('ok', 'steady'), silent('a'), service('b', 'nodata')];
    expect(groupCounts(services.slice(2))).toBe('1 waiting for data, 1 silent');
    expect(leaksMeta(services, '14:32')).toBe(
      'Judged at 14:32. 8 instances. 1 service is waiting for data. 1 service is silent.',
    );
    const { first, rest } = leaksSentence([service('ok', 'steady'), silent('a'), silent('b')]);
    expect(`${first} ${rest}`).toBe('No leaks. 1 of 3 services judged, 2 are silent.');
  });

  it('does not show a rate where growth has ended', () => {
    const ended = { ...service('bad', 'leak', 90).topFinding, levelledOff: true } as Finding;
    expect(growthText(ended)).toBe('levelled off');
  });

  it('says what is watched where nothing leaks', () => {
    const { first, rest } = leaksSentence([service('a', 'watch', 1), service('b', 'watch', 1)]);
    expect(`${first} ${rest}`).toBe('No leaks. 2 services are growing and being watched.');
  });

  it('says of how many where nothing grows', () => {
    const { first, rest } = leaksSentence([service('a', 'steady'), service('b', 'nodata')]);
    expect(`${first} ${rest}`).toBe('No leaks. 1 of 2 services judged, 1 is waiting for data.');
  });

  it('does not say that nothing leaks before anything was judged', () => {
    const { first, rest } = leaksSentence([service('b', 'nodata')]);
    expect(`${first} ${rest}`).toBe('Nothing judged yet. 1 service is waiting for data.');
  });

  it('says when it was judged, and of how many instances', () => {
    expect(leaksMeta([service('a', 'steady')], '14:32')).toBe('Judged at 14:32. 2 instances.');
  });

  it('does not count instances that no service names', () => {
    expect(leaksMeta([{ ...service('a', 'steady'), instances: 0 }], '14:32')).toBe('Judged at 14:32.');
    expect(leaksMeta([], null)).toBe('Not judged yet.');
  });
});
