import { expect, test } from 'vitest';
import { enterDraft, parseDraft } from './matcher-draft.ts';

test('reads what is being typed, part by part', () => {
  expect(parseDraft('ver')).toEqual({ name: 'ver', operator: '', value: '' });
  expect(parseDraft('version!=')).toEqual({ name: 'version', operator: '!=', value: '' });
  expect(parseDraft('region =~ eu-.*')).toEqual({ name: 'region', operator: '=~', value: 'eu-.*' });
});

test('takes quotes off values', () => {
  expect(parseDraft('version="v2"')).toEqual({ name: 'version', operator: '=', value: 'v2' });
});

const enter = (text: string, ...suggestions: string[]) => enterDraft(parseDraft(text), suggestions);

test('Enter adds what is complete, whatever is suggested', () => {
  const add = { name: 'version', operator: '=', value: 'v2' };
  expect(enter('version=v2', 'v20', 'v21')).toEqual({ add });
});

test('Enter takes the first label or operator, and a value where it is the only one', () => {
  expect(enter('ver', 'version', 'versions')).toEqual({ take: 'version' });
  expect(enter('version', 'version=', 'version!=')).toEqual({ take: 'version=' });
  expect(enter('version=', 'v1')).toEqual({ take: 'v1' });
});

test('Enter says what is missing', () => {
  expect(enter('version=', 'v1', 'v2')).toEqual({ missing: 'A value is missing after version=' });
  expect(enter('vrsion')).toMatchObject({ missing: expect.stringContaining('No label here contains vrsion') });
  expect(enter('=v1')).toMatchObject({ missing: expect.stringContaining('Begin with a label') });
  expect(enter('', 'version')).toBeUndefined();
});
