import { type Problem, problem } from './base/problem.ts';

/**
 * Every setting of the server: flag, environment variable, default, unit and meaning. Flags win over the environment.
 * `docs/settings.md` lists the same; a test compares the two. Only `main.ts` reads the environment.
 */
export interface Settings {
  readonly http: { readonly host: string; readonly port: number };
  /** Lower case, without port. */
  readonly allowedHosts: readonly string[];
  readonly dataDirectory: string;
  /** 0 = for ever. */
  readonly retentionMs: number;
  readonly leakMinAgeMs: number;
  readonly maxBodyBytes: number;
  readonly maxProfileBytes: number;
  readonly maxQueuedUploads: number;
  readonly maxStacks: number;
  readonly queryTimeoutMs: number;
  readonly logLevel: string;
}

/** How each kind of value is called, with what it may be. */
const VALUES = {
  'ADDR:PORT': 'such as 127.0.0.1:4040; ports go up to 65535',
  'NAME,…': 'such as leaks.example,10.0.0.7, without ports',
  DIR: 'such as ./data',
  DURATION: 'such as 90s, 1h30m or 30d',
  BYTES: 'a whole number above 0, such as 67108864',
  COUNT: 'a whole number above 0, such as 1024',
  LEVEL: 'which is trace, debug, info, warn, error, fatal or silent',
} as const;
type ValueName = keyof typeof VALUES;

interface Setting<K extends keyof Settings> {
  readonly flag: string;
  readonly env: string;
  readonly value: ValueName;
  readonly default: string;
  readonly doc: string;
  readonly parse: (text: string) => Settings[K] | undefined;
}

export const SETTINGS: { readonly [K in keyof Settings]: Setting<K> } = {
  http: {
    flag: '--http',
    env: 'LEAKSCOPE_HTTP',
    value: 'ADDR:PORT',
    default: '127.0.0.1:4040',
    doc: 'Address and port to listen on; 0.0.0.0 for all interfaces, port 0 for any free one.',
    parse: parseAddress,
  },
  allowedHosts: {
    flag: '--allowed-hosts',
    env: 'LEAKSCOPE_ALLOWED_HOSTS',
    value: 'NAME,…',
    default: '',
    doc: 'Host names that requests may use beside the loopback ones while the server listens on a loopback address: those of tunnels and proxies.',
    parse: parseHosts,
  },
  dataDirectory: {
    flag: '--data',
    env: 'LEAKSCOPE_DATA',
    value: 'DIR',
    default: './data',
    doc: 'Directory of the embedded store; made if absent, held by one process at a time.',
    parse: (text) => (text === '' ? undefined : text),
  },
  retentionMs: {
    flag: '--retention',
    env: 'LEAKSCOPE_RETENTION',
    value: 'DURATION',
    default: '30d',
    doc: 'Age at which profiles are deleted, and older ones refused; 0 keeps everything.',
    parse: parseDurationMs,
  },
  leakMinAgeMs: {
    flag: '--leak-min-age',
    env: 'LEAKSCOPE_LEAK_MIN_AGE',
    value: 'DURATION',
    default: '30m',
    doc: 'Growth younger than this is `watch`, never `leak`; a third of it for goroutines in a forever-wait state without turnover, none for proof by the runtime.',
    parse: parseDurationMs,
  },
  maxBodyBytes: {
    flag: '--max-body-bytes',
    env: 'LEAKSCOPE_MAX_BODY_BYTES',
    value: 'BYTES',
    default: '67108864',
    doc: 'Largest request body, as sent.',
    parse: parsePositive,
  },
  maxProfileBytes: {
    flag: '--max-profile-bytes',
    env: 'LEAKSCOPE_MAX_PROFILE_BYTES',
    value: 'BYTES',
    default: '134217728',
    doc: 'Largest profile after decompression.',
    parse: parsePositive,
  },
  maxQueuedUploads: {
    flag: '--max-queued-uploads',
    env: 'LEAKSCOPE_MAX_QUEUED_UPLOADS',
    value: 'COUNT',
    default: '1024',
    doc: 'Uploads being decoded or written at once; more are answered 429.',
    parse: parsePositive,
  },
  maxStacks: {
    flag: '--max-stacks',
    env: 'LEAKSCOPE_MAX_STACKS',
    value: 'COUNT',
    default: '65536',
    doc: 'Distinct stacks kept of one profile; the smallest beyond it are folded into `(truncated)`.',
    parse: parsePositive,
  },
  queryTimeoutMs: {
    flag: '--query-timeout',
    env: 'LEAKSCOPE_QUERY_TIMEOUT',
    value: 'DURATION',
    default: '30s',
    doc: 'Longest time a query may take.',
    parse: (text) => parseDurationMs(text) || undefined,
  },
  logLevel: {
    flag: '--log-level',
    env: 'LEAKSCOPE_LOG_LEVEL',
    value: 'LEVEL',
    default: 'info',
    doc: 'trace, debug, info, warn, error, fatal or silent.',
    parse: (text) => (['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].includes(text) ? text : undefined),
  },
};

/**
 * Settings from flags, then environment, then defaults. `flags` holds texts by key of `Settings`.
 * Throws badSetting with the flag or variable that is wrong.
 */
export function readSettings(
  flags: Partial<Record<keyof Settings, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const read = <K extends keyof Settings>(key: K): Settings[K] => {
    const setting = SETTINGS[key];
    const fromFlag = flags[key];
    const text = fromFlag ?? environment[setting.env] ?? setting.default;
    const value = setting.parse(text);
    if (value === undefined) {
      const name = fromFlag === undefined ? setting.env : setting.flag;
      throw wrongValue(name, text, setting.value);
    }
    return value;
  };
  return {
    http: read('http'),
    allowedHosts: read('allowedHosts'),
    dataDirectory: read('dataDirectory'),
    retentionMs: read('retentionMs'),
    leakMinAgeMs: read('leakMinAgeMs'),
    maxBodyBytes: read('maxBodyBytes'),
    maxProfileBytes: read('maxProfileBytes'),
    maxQueuedUploads: read('maxQueuedUploads'),
    maxStacks: read('maxStacks'),
    queryTimeoutMs: read('queryTimeoutMs'),
    logLevel: read('logLevel'),
  };
}

/** badSetting: `text`, given as the flag or variable `name`, is not of its kind. */
export function wrongValue(name: string, text: string, value: ValueName): Problem {
  return problem('badSetting', { name, value: text, why: `is not ${value}, ${VALUES[value]}` });
}

/** Names in the environment that look like settings and are none: misspelt ones, which would silently do nothing. */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(Object.values(SETTINGS).map(({ env }) => env));
  return Object.keys(environment).filter((name) => name.startsWith('LEAKSCOPE_') && !known.has(name));
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `0`, or a sum of parts such as `90s`, `1h30m`, `30d`; undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    sum += Number(amount) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  }
  return Number.isSafeInteger(Math.round(sum)) ? Math.round(sum) : undefined;
}

function parseAddress(text: string): { host: string; port: number } | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:]*):(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const port = Number(match[2]);
  if (port > 65535) return undefined;
  const host = (match[1] ?? '').replace(/^\[|\]$/g, '');
  return { host: host === '' ? '0.0.0.0' : host, port };
}

function parseHosts(text: string): readonly string[] | undefined {
  const hosts = text
    .toLowerCase()
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
  return hosts.every((host) => /^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(host)) ? hosts : undefined;
}

function parsePositive(text: string): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
