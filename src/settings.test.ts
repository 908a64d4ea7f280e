import { expect, test } from 'vitest';
import { Problem } from './base/problem.ts';
import { parseDurationMs, readSettings, SETTINGS, type Settings, unknownVariables } from './settings.ts';

function refusal(flags: Partial<Record<keyof Settings, string>>, environment: Record<string, string> = {}): Problem {
  try {
    readSettings(flags, environment);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem');
}

test('every default can be read', () => {
  expect(readSettings({}, {})).toMatchObject({
    http: { host: '127.0.0.1', port: 4040 },
    dataDirectory: './data',
    retentionMs: 30 * 86_400_000,
    leakMinAgeMs: 1_800_000,
    maxQueuedUploads: 1024,
  });
});

test('a flag wins over the environment, and that over the default', () => {
  const environment = { LEAKSCOPE_RETENTION: '2d', LEAKSCOPE_DATA: '/env' };
  const settings = readSettings({ dataDirectory: '/flag' }, environment);
  expect([settings.dataDirectory, settings.retentionMs]).toEqual(['/flag', 2 * 86_400_000]);
});

test('reads a list of hosts', () => {
  const { allowedHosts } = readSettings({ allowedHosts: 'Leaks.example, 10.0.0.7,[fd00::1],' }, {});
  expect([readSettings({}, {}).allowedHosts, allowedHosts]).toEqual([[], ['leaks.example', '10.0.0.7', '[fd00::1]']]);
});

test('names the flag or the variable that is wrong', () => {
  expect(refusal({ http: 'nonsense' }).sentence).toContain('--http: `nonsense` is not ADDR:PORT');
  expect(refusal({}, { LEAKSCOPE_MAX_STACKS: '-1' }).sentence).toContain('LEAKSCOPE_MAX_STACKS: `-1` is not COUNT');
});

test('says what the value may be', () => {
  expect(refusal({ http: '127.0.0.1:70000' }).sentence).toContain('such as 127.0.0.1:4040; ports go up to 65535');
  expect(refusal({ retentionMs: '5 days' }).sentence).toContain('is not DURATION, such as 90s, 1h30m or 30d');
});

test('finds the variables that are no settings', () => {
  const environment = { LEAKSCOPE_RETENTOIN: '2d', LEAKSCOPE_RETENTION: '2d', HOME: '/', PATH: undefined };
  expect(unknownVariables(environment)).toEqual(['LEAKSCOPE_RETENTOIN']);
});

test('refuses what is no value of a setting', () => {
  const wrong: [keyof Settings, string][] = [
    ['http', '127.0.0.1'],
    ['http', '127.0.0.1:65536'],
    ['allowedHosts', 'a.example:4040'],
    ['allowedHosts', 'https://a.example'],
    ['dataDirectory', ''],
    ['retentionMs', '30'],
    ['retentionMs', '-1d'],
    ['queryTimeoutMs', '0'],
    ['maxBodyBytes', '0'],
    ['maxBodyBytes', '1e6'],
    ['logLevel', 'loud'],
  ];
  for (const [key, text] of wrong) expect(refusal({ [key]: text }).key).toBe('badSetting');
});

test('reads addresses with names, IPv6 and no host', () => {
  const address = (text: string) => readSettings({ http: text }, {}).http;
  expect(address('localhost:0')).toEqual({ host: 'localhost', port: 0 });
  expect(address('[::1]:5040')).toEqual({ host: '::1', port: 5040 });
  expect(address(':5040')).toEqual({ host: '0.0.0.0', port: 5040 });
});

test('reads durations as sums of parts', () => {
  const table: [string, number | undefined][] = [
    ['0', 0],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5d', 129_600_000],
    ['250ms', 250],
    ['2w', 1_209_600_000],
    ['', undefined],
    ['5', undefined],
    ['m', undefined],
    ['1h 30m', undefined],
    ['99999999999999999w', undefined],
  ];
  for (const [text, want] of table) expect([text, parseDurationMs(text)]).toEqual([text, want]);
});

test('flags and variables are distinct and in their house form', () => {
  const all = Object.values(SETTINGS);
  expect(new Set(all.map(({ flag }) => flag)).size).toBe(all.length);
  for (const { flag, env } of all) {
    expect(flag).toMatch(/^--[a-z-]+$/);
    expect(env).toBe(env.toUpperCase());
    expect(env).toMatch(/^LEAKSCOPE_/);
  }
});
