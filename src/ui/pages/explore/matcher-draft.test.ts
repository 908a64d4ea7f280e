import { expect, test } from 'vitest';
import { draftMatcher, parseDraft } from './matcher-draft.ts';

test('reads what is being typed, part by part', () => {
  expect(parseDraft('ver')).toEqual({ name: 'ver', operator: '', value: '' });
  expect(parseDraft('version!=')).toEqual({ name: 'version', operator: '!=', value: '' });
  expect(parseDraft('region =~ eu-.*')).toEqual({ name: 'region', operator: '=~', value: 'eu-.*' });
});

test('takes quotes off values', () => {
  expect(parseDraft('version="v2"')).toEqual({ name: 'version', operator: '=', value: 'v2' });
});

test('makes a matcher once all parts are there', () => {
  expect(draftMatcher(parseDraft('version='))).toBeUndefined();
  expect(draftMatcher(parseDraft('version=v2'))).toEqual({ name: 'version', operator: '=', value: 'v2' });
});
