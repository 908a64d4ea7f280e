import { expect, it } from 'vitest';
import { identityOf } from './identity.ts';
import { makeLabels } from './labels.ts';

const identity = (labels: Record<string, string>) => identityOf(makeLabels(Object.entries(labels)));

it('takes the first of pod, hostname, instance and host for the instance', () => {
  expect(identity({ host: 'd', instance: 'c', hostname: 'b', pod: 'a' }).instance).toBe('a');
  expect(identity({ host: 'd', instance: 'c', hostname: 'b' }).instance).toBe('b');
  expect(identity({ host: 'd', instance: 'c' }).instance).toBe('c');
  expect(identity({ host: 'd' }).instance).toBe('d');
});

it('falls back to the session, and to nothing', () => {
  expect(identity({ __session_id__: 's' })).toEqual({ instance: 's', version: '', session: 's' });
  expect(identity({})).toEqual({ instance: '', version: '', session: '' });
});

it('takes the first of version, service_version and service_git_ref for the version', () => {
  expect(identity({ service_git_ref: 'c', service_version: 'b', version: 'a' }).version).toBe('a');
  expect(identity({ service_git_ref: 'c', service_version: 'b' }).version).toBe('b');
  expect(identity({ service_git_ref: 'c' }).version).toBe('c');
});
