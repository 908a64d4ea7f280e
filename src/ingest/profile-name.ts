import { problem } from '../base/problem.ts';
import type { Profile } from '../model/profile.ts';
import { makeProfileType } from '../model/profile-type.ts';

/** What a client says about one sample type in `sample_type_config`; units and aggregation are not needed here. */
export interface SampleTypeConfig {
  readonly displayName?: string;
  readonly cumulative?: boolean;
}

/** What counts when the client sends no `sample_type_config`. Source: Pyroscope's `DefaultSampleTypeMapping`. */
const DEFAULT_CONFIG: ReadonlyMap<string, SampleTypeConfig> = new Map([
  ['samples', { displayName: 'cpu' }],
  ['goroutine', { displayName: 'goroutines' }],
  ['contentions', { displayName: 'mutex_count' }],
  ['delay', { displayName: 'mutex_duration' }],
]);

/**
 * Reads a `sample_type_config` part: a JSON object from sample type to its configuration. Absent or empty: the default.
 * Throws brokenSampleTypeConfig.
 */
export function parseSampleTypeConfig(bytes: Uint8Array | undefined): ReadonlyMap<string, SampleTypeConfig> {
  if (bytes === undefined || bytes.length === 0) return DEFAULT_CONFIG;
  const config = new Map<string, SampleTypeConfig>();
  for (const [type, value] of Object.entries(objectOf(parseJson(bytes), 'it'))) {
    const entry = objectOf(value, `\`${type}\``);
    const displayName = entry['display-name'];
    const cumulative = entry.cumulative;
    if (displayName !== undefined && typeof displayName !== 'string')
      throw broken(`\`${type}.display-name\` is not text`);
    if (cumulative !== undefined && typeof cumulative !== 'boolean') {
      throw broken(`\`${type}.cumulative\` is not true or false`);
    }
    config.set(type, {
      ...(displayName !== undefined && { displayName }),
      ...(cumulative !== undefined && { cumulative }),
    });
  }
  return config;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw broken(error instanceof Error ? error.message : String(error), error);
  }
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw broken(`${what} is not an object`);
  return value as Record<string, unknown>;
}

function broken(why: string, cause?: unknown) {
  return problem('brokenSampleTypeConfig', { why }, cause);
}

const MAX_TYPE_LENGTH = 200;

/**
 * The profile type id of every sample type: `<name>:<type>:<unit>:<period type>:<period unit>`, one name for all.
 * Throws badSampleType for types from which no id can be made.
 */
export function profileTypesOf(profile: Profile, config: ReadonlyMap<string, SampleTypeConfig>): string[] {
  const name = profileName(profile, config);
  const { type: periodType, unit: periodUnit } = profile.periodType;
  const ids = profile.sampleTypes.map(({ type, unit }) => {
    if (type === '') throw problem('badSampleType', { type, why: 'it has no name' });
    const parts = { name, sampleType: type, sampleUnit: unit, periodType, periodUnit };
    for (const part of Object.values(parts)) {
      if (/[:\p{Cc}]/u.test(part))
        throw problem('badSampleType', { type, why: 'names must not contain `:` or controls' });
      if (part.length > MAX_TYPE_LENGTH) {
        throw problem('badSampleType', { type: type.slice(0, 50), why: `longer than ${MAX_TYPE_LENGTH} characters` });
      }
    }
    return makeProfileType(parts).id;
  });
  if (ids.length === 0) throw problem('badSampleType', { type: '', why: 'the profile has no sample type' });
  const twice = ids.findIndex((id, i) => ids.indexOf(id) !== i);
  if (twice >= 0)
    throw problem('badSampleType', { type: profile.sampleTypes[twice]?.type ?? '', why: 'it occurs twice' });
  return ids;
}

/**
 * The first part of a profile type id, from the display names of the sample types.
 * Source: the rule of Pyroscope's `/ingest`, so that ids equal those that its clients and dashboards know.
 */
function profileName(profile: Profile, config: ReadonlyMap<string, SampleTypeConfig>): string {
  if (profile.sampleTypes.some(({ type }) => type === 'wall')) return 'wall';
  let last = '';
  for (const { type } of profile.sampleTypes) {
    last = config.get(type)?.displayName || type;
    if (last.includes('cpu')) return 'process_cpu';
    if (/alloc_|inuse_/.test(last) || last === 'space' || last === 'objects') return 'memory';
    if (last.includes('mutex_')) return 'mutex';
    if (last.includes('block_')) return 'block';
    if (last.includes('goroutines')) return 'goroutines';
  }
  return last;
}

/** True for types that count from the start of the process, of which a `prev_profile` is to be taken away. */
export function isCumulative(type: string, config: ReadonlyMap<string, SampleTypeConfig>): boolean {
  return config.get(type)?.cumulative ?? /^(alloc_.*|contentions|delay)$/.test(type);
}
