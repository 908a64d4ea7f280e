import { expect, it } from 'vitest';
import { formatAddress, urlOfAddress } from './address.ts';

it('puts an IPv6 number in brackets', () => {
  expect(formatAddress({ host: '::1', port: 4040 })).toBe('[::1]:4040');
  expect(formatAddress({ host: '127.0.0.1', port: 4040 })).toBe('127.0.0.1:4040');
  expect(urlOfAddress({ host: '::1', port: 4040 })).toBe('http://[::1]:4040');
});

it('reaches a server on all interfaces by the loopback address', () => {
  expect(urlOfAddress({ host: '0.0.0.0', port: 80 })).toBe('http://127.0.0.1:80');
  expect(urlOfAddress({ host: '::', port: 80 })).toBe('http://127.0.0.1:80');
});
