import { expect, test } from 'vitest';
import type { FindingFilter, LedgerRow, ProfileStore } from '../../src/store/profile-store.ts';
import { openForTests } from './open-for-tests.ts';

/** 2025-11-13T02:13:20Z */
const T0 = 1_763_000_000n * 1_000_000_000n;

let store: ProfileStore;
openForTests((opened) => {
  store = opened;
});

function ledgerRow(id: string, service: string, state: string): LedgerRow {
  return { id, service, state, verdict: 'leak', updatedNs: T0, finding: '{"text":"a\\nb\t\'"}', evidence: '{}' };
}

test('answers the newest row of each finding, also when the clock stands still', async () => {
  const tenant = 'ledger';
  await store.putFindings(tenant, [ledgerRow('2', 'shop', 'open'), ledgerRow('18446744073709551615', 'till', 'open')]);
  await store.putFindings(tenant, [ledgerRow('2', 'shop', 'muted')]);
  await store.putFindings(tenant, [ledgerRow('2', 'shop', 'fixed')]);
  await store.putFindings(tenant, []);
  expect(await store.finding(tenant, '2')).toEqual(ledgerRow('2', 'shop', 'fixed'));
  expect(await store.finding(tenant, '3')).toBeUndefined();
  expect((await store.findings(tenant)).map(({ id }) => id)).toEqual(['18446744073709551615', '2']);
  const { evidence: _, ...till } = ledgerRow('18446744073709551615', 'till', 'open');
  expect(await store.findings(tenant, { service: 'till' })).toEqual([till]);
});

test('filters by what findings are now, not by what they were', async () => {
  const tenant = 'filters';
  await store.putFindings(tenant, [ledgerRow('1', 'shop', 'open'), ledgerRow('2', 'shop', 'regressed')]);
  await store.putFindings(tenant, [{ ...ledgerRow('1', 'shop', 'closed'), verdict: 'watch' }]);
  const ids = async (filter: FindingFilter) => (await store.findings(tenant, filter)).map(({ id }) => id);
  expect(await ids({})).toEqual(['1', '2']);
  expect(await ids({ states: ['open', 'regressed'] })).toEqual(['2']);
  expect(await ids({ states: ['open', 'closed'] })).toEqual(['1']);
  expect(await ids({ verdict: 'watch' })).toEqual(['1']);
  expect(await ids({ verdict: 'watch', states: ['open'] })).toEqual([]);
  expect(await ids({ states: [] })).toEqual([]);
});

test('keeps tenants apart', async () => {
  await store.putFindings('yours', [ledgerRow('7', 'shop', 'open')]);
  expect(await store.findings('mine')).toEqual([]);
  expect(await store.finding('mine', '7')).toBeUndefined();
});

test('drops findings that closed before the cutoff, whole, and gives no id twice', async () => {
  const tenant = 'deletion';
  const day = 86_400n * 1_000_000_000n;
  const row = (id: string, state: string, updatedNs: bigint) => ({ ...ledgerRow(id, 'shop', state), updatedNs });
  await store.putFindings(tenant, [row('1', 'open', T0), row('2', 'open', T0), row('3', 'muted', T0)]);
  await store.putFindings(tenant, [row('4', 'closed', T0 + 2n * day), row('10', 'closed', T0)]);
  await store.putFindings(tenant, [row('1', 'closed', T0 + 1n)]);
  await store.deleteOlderThan(T0 + day);
  const ids = async () => (await store.findings(tenant)).map(({ id }) => id);
  await expect.poll(ids, { timeout: 10_000 }).toEqual(['10', '2', '3', '4']);
  expect(await store.finding(tenant, '1')).toBeUndefined();
});
