import { problem } from '../base/problem.ts';

/**
 * A profile type: what was sampled, in which unit, once per which period. Its id is
 * `<name>:<sample type>:<sample unit>:<period type>:<period unit>`, as all Pyroscope clients write it.
 */
export interface ProfileType {
  readonly id: string;
  readonly name: string;
  readonly sampleType: string;
  readonly sampleUnit: string;
  readonly periodType: string;
  readonly periodUnit: string;
}

/** Parses an id of 5 parts; a sixth part `delta` is accepted and dropped. Throws badProfileType. */
export function parseProfileType(text: string): ProfileType {
  const parts = text.split(':');
  const wellFormed = parts.length === 5 || (parts.length === 6 && parts[5] === 'delta');
  const [name = '', sampleType = '', sampleUnit = '', periodType = '', periodUnit = ''] = parts;
  if (!wellFormed || name === '' || sampleType === '') throw problem('badProfileType', { text });
  return makeProfileType({ name, sampleType, sampleUnit, periodType, periodUnit });
}

/** Joins the five parts to a type with its id. */
export function makeProfileType(parts: Omit<ProfileType, 'id'>): ProfileType {
  const { name, sampleType, sampleUnit, periodType, periodUnit } = parts;
  return {
    id: `${name}:${sampleType}:${sampleUnit}:${periodType}:${periodUnit}`,
    name,
    sampleType,
    sampleUnit,
    periodType,
    periodUnit,
  };
}

const GAUGES = new Set([
  'inuse_objects',
  'inuse_space',
  'goroutine',
  'goroutines',
  'goroutineleak',
  'live',
  'live_objects',
  'live_space',
  'threadcreate',
]);

/**
 * True where a profile is a snapshot of what exists (in use, goroutines), false where it counts what happened since
 * the previous one (CPU, allocated, contentions). Snapshots are averaged over time and added over series; counts are
 * added over both.
 */
export function isGauge(type: Pick<ProfileType, 'sampleType'>): boolean {
  return GAUGES.has(type.sampleType);
}
