import { expect, test } from 'vitest';
import { Problem } from '../base/problem.ts';
import { type IngestTarget, MAX_LABELS, readTarget } from './request.ts';

const NOW_NS = 1_800_000_000_000_000_000n;
const FORM = 'multipart/form-data; boundary=x';

function target(
  query: Readonly<Record<string, string>>,
  headers: { contentType?: string; contentEncoding?: string } = {},
): IngestTarget {
  const { contentType = FORM, contentEncoding = '' } = headers;
  return readTarget({ tenant: 'anonymous', query, contentType, contentEncoding, declaredBytes: 0, body: [] }, NOW_NS);
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

test('keeps the labels of the name, the session and the spy, and drops other reserved ones', () => {
  const name = 'shop{pod=a,otel.scope.name=x/y,__session_id__=77,__delta__=false}';
  const { service, labels } = target({ name, spyName: 'gospy' });
  expect(service).toBe('shop');
  expect(labels).toEqual({
    __session_id__: '77',
    'otel.scope.name': 'x/y',
    pod: 'a',
    pyroscope_spy: 'gospy',
    service_name: 'shop',
  });
});

test('a given service_name wins, and the name becomes app_name', () => {
  const { service, labels } = target({ name: 'shop{service_name=checkout}' });
  expect(service).toBe('checkout');
  expect(labels).toEqual({ app_name: 'shop', pyroscope_spy: 'unknown', service_name: 'checkout' });
});

test('takes times in s, ms, us and ns, and now where there is none', () => {
  const second = 1_795_407_140n * 1_000_000_000n;
  for (const until of ['1795407140', '1795407140000', '1795407140000000', '1795407140000000000']) {
    expect(target({ name: 'a', until }).untilNs).toBe(second);
  }
  expect(target({ name: 'a' })).toMatchObject({ fromNs: NOW_NS, untilNs: NOW_NS });
});

test('a form needs no format, anything else must say pprof', () => {
  expect(target({ name: 'a' }).format).toBe('multipart');
  expect(target({ name: 'a', format: 'pprof' }).format).toBe('pprof');
  expect(target({ name: 'a', format: 'pprof' }, { contentType: 'application/octet-stream' }).format).toBe('pprof');
  for (const format of ['jfr', 'tree', 'trie', 'lines', 'speedscope', 'nonsense']) {
    expect(keyOf(() => target({ name: 'a', format }))).toBe('unsupportedFormat');
  }
  expect(keyOf(() => target({ name: 'a' }, { contentType: 'application/octet-stream' }))).toBe('unsupportedFormat');
  expect(keyOf(() => target({ name: 'a' }, { contentType: '' }))).toBe('unsupportedFormat');
});

test('takes gzip as content encoding and no other', () => {
  expect(target({ name: 'a' }, { contentEncoding: 'gzip' }).contentEncoding).toBe('gzip');
  expect(target({ name: 'a' }, { contentEncoding: 'identity' }).contentEncoding).toBe('');
  expect(keyOf(() => target({ name: 'a' }, { contentEncoding: 'br' }))).toBe('unsupportedFormat');
});

test('refuses missing and bad names', () => {
  expect(keyOf(() => target({}))).toBe('badAppName');
  expect(keyOf(() => target({ name: 'a b' }))).toBe('badAppName');
  expect(keyOf(() => target({ name: 'a{service_name=b c}' }))).toBe('badAppName');
});

test('refuses too many and too long labels', () => {
  const many = Array.from({ length: MAX_LABELS }, (_, i) => `l${i}=v`).join(',');
  expect(keyOf(() => target({ name: `a{${many}}` }))).toBe('labelLimit');
  expect(keyOf(() => target({ name: `a{l=${'v'.repeat(2049)}}` }))).toBe('labelLimit');
  expect(keyOf(() => target({ name: `a{${'l'.repeat(1025)}=v}` }))).toBe('labelLimit');
  expect(keyOf(() => target({ name: `a{l=${'v'.repeat(2048)}}` }))).toBe('no problem');
});
