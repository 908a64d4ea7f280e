import { problem } from '../base/problem.ts';
import { decodePprof } from '../formats/pprof/decode.ts';
import type { Profile } from '../model/profile.ts';
import { isGauge } from '../model/profile-type.ts';
import type { StackSymbols, Upload } from '../store/profile-store.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { parseMultipart } from './multipart.ts';
import { isCumulative, parseSampleTypeConfig, profileTypesOf, type SampleTypeConfig } from './profile-name.ts';
import { symbolsOf } from './stack-symbols.ts';
import { differenceSince, foldSmallStacks, type StackTable, stackTableOf, totalOf } from './stack-table.ts';

/** One request body and how to read it. Crosses the worker boundary. */
export interface DecodeJob {
  /** Owns its whole ArrayBuffer, which moves to the worker. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly format: 'pprof' | 'multipart';
  readonly contentType: string;
  readonly contentEncoding: '' | 'gzip';
  readonly maxProfileBytes: number;
  readonly maxStacks: number;
}

/** What a body says of a profile, times 0 where it does not say; the rest of an upload (whose, when received) is the request's. */
export interface DecodedUpload
  extends Pick<Upload, 'timeNs' | 'durationNs' | 'period' | 'stackIds' | 'rows' | 'symbols'> {
  /** Roughly the memory that it holds. */
  readonly sizeBytes: number;
  /** How many small stacks were folded into TRUNCATED_FRAME. */
  readonly foldedStacks: number;
}

/**
 * Reads a body to what is stored of it; undefined when there is nothing to store: no profile in the form, an empty one,
 * or counters that counted nothing. (A snapshot without samples says that there is nothing, and is stored.)
 * Throws the problems of the formats and of the limits.
 */
export async function decodeUpload(job: DecodeJob): Promise<DecodedUpload | undefined> {
  const body = job.contentEncoding === 'gzip' ? gunzip(job.body, job.maxProfileBytes, 'the body') : job.body;
  const parts =
    job.format === 'pprof'
      ? new Map([['profile', body]])
      : await parseMultipart(body, job.contentType, ['profile', 'prev_profile', 'sample_type_config']);
  const profile = readProfile(parts.get('profile'), job, 'the profile');
  if (profile === undefined) return undefined;
  const config = parseSampleTypeConfig(parts.get('sample_type_config'));
  const profileTypes = profileTypesOf(profile, config);
  const previous = readProfile(parts.get('prev_profile'), job, 'prev_profile');
  const whole = stackTableOf(profile);
  const since = previous === undefined ? whole : differenceOf(profile, whole, previous, config);
  if (since.stackIds.length === 0 && !profile.sampleTypes.some(({ type }) => isGauge({ sampleType: type }))) {
    return undefined;
  }
  const { table, folded } = foldSmallStacks(since, job.maxStacks);
  const symbols = symbolsOf(profile, table);
  return {
    timeNs: profile.timeNs,
    durationNs: profile.durationNs,
    period: profile.period,
    stackIds: table.stackIds,
    rows: profileTypes.map((profileType, k) => {
      const values = table.columns[k] as BigInt64Array;
      return { profileType, values, total: totalOf(values) };
    }),
    symbols,
    sizeBytes: sizeOf(table, symbols),
    foldedStacks: folded,
  };
}

function readProfile(bytes: Uint8Array | undefined, job: DecodeJob, what: string): Profile | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const plain = isGzip(bytes) ? gunzip(bytes, job.maxProfileBytes, what) : bytes;
  if (plain.length > job.maxProfileBytes) throw problem('profileTooLarge', { what, limitBytes: job.maxProfileBytes });
  return plain.length === 0 ? undefined : decodePprof(plain);
}

function differenceOf(
  profile: Profile,
  table: StackTable,
  previous: Profile,
  config: ReadonlyMap<string, SampleTypeConfig>,
): StackTable {
  const cumulative = profile.sampleTypes.flatMap(({ type, unit }, column) => {
    const previousColumn = previous.sampleTypes.findIndex((other) => other.type === type && other.unit === unit);
    return previousColumn >= 0 && isCumulative(type, config) ? [{ column, previousColumn }] : [];
  });
  return differenceSince(table, stackTableOf(previous), cumulative);
}

function sizeOf({ stackIds, columns }: StackTable, { strings, frameFunction, stackFrames }: StackSymbols): number {
  const textBytes = strings.reduce((sum, text) => sum + text.length, 0);
  return stackIds.length * 8 * (columns.length + 1) + frameFunction.length * 12 + stackFrames.length * 4 + textBytes;
}
