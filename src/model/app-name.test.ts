import { expect, it } from 'vitest';
import { parseAppName } from './app-name.ts';

it.each([
  ['simple.golang.app', 'simple.golang.app', {}],
  ['shop/checkout-2_b{}', 'shop/checkout-2_b', {}],
  ['foo{bar=1,baz=2}', 'foo', { bar: '1', baz: '2' }],
  [' foo { bar = 1 , baz = 2 } ', 'foo', { bar: '1', baz: '2' }],
  ['foo{version=go1.26.8-X:leak,url=http://a/b?c=d&e}', 'foo', { version: 'go1.26.8-X:leak', url: 'http://a/b?c=d&e' }],
  ['foo{otel.scope.name=com.grafana.pyroscope/go}', 'foo', { 'otel.scope.name': 'com.grafana.pyroscope/go' }],
  ['foo{__session_id__=77e425ea}', 'foo', { __session_id__: '77e425ea' }],
  ['foo{a=1,a=2,b=}', 'foo', { a: '2' }],
  ['foo{a=1}bar{b=2}', 'foo', { a: '1' }],
  ['foo{a=1,', 'foo', { a: '1' }],
  ['foo{a=1,b=2', 'foo', { a: '1' }],
  ['foo{a}', 'foo', {}],
  ['foo{a={1}', 'foo', { a: '{1' }],
  ['foo{__name__=other}', 'foo', {}],
])('parses %s', (text, service, labels) => {
  expect(parseAppName(text)).toEqual({ service, labels });
});

it.each([
  ['', 'name: service name is required'],
  ['{a=1}', 'name: service name is required'],
  ['foo bar', "name: invalid service name: foo bar: character is not allowed: ' '"],
  ['größe', "name: invalid service name: größe: character is not allowed: 'ö'"],
  ['foo{=1}', 'name: label name is required'],
  ['foo{a-b=1}', "name: invalid label name: a-b: character is not allowed: '-'"],
  ['foo{a,b=1}', "name: invalid label name: a,b: character is not allowed: ','"],
  ['foo{a=1,,b=1}', "name: invalid label name: ,b: character is not allowed: ','"],
])('refuses %s', (text, message) => {
  expect(() => parseAppName(text)).toThrow(message);
});

it('shows only the beginning of a long bad name', () => {
  expect(() => parseAppName(`${'x'.repeat(5000)}!`)).toThrow(
    /^name: invalid service name: x{80}…: character is not allowed: '!'$/,
  );
});
