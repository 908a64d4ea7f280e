import type { Announced } from './announced.ts';
import type { Connection } from './connection.ts';
import { dayOf } from './days.ts';
import { type SeriesIdentities, seriesIdentitiesOf } from './identities.ts';
import type { StackSymbols, Upload } from './profile-store.ts';
import { TsvWriter } from './tsv.ts';

const PROFILE_COLUMNS = [
  'tenant',
  'service',
  'profile_type',
  'series_id',
  'average_id',
  'segment_id',
  'time_ns',
  'duration_ns',
  'period',
  'total',
  'stacks',
  'values',
];
const SERIES_COLUMNS = [
  'tenant',
  'service',
  'day',
  'profile_type',
  'series_id',
  'average_id',
  'segment_id',
  'instance',
  'version',
  'session',
  'labels',
  'first_ns',
  'last_ns',
];
const STACK_COLUMNS = ['tenant', 'service', 'day', 'stack_id', 'functions', 'files', 'lines'];

/**
 * Commits uploads: stacks, then series, then profiles, so that nothing visible lacks its symbols. All rows of one
 * upload are in one insert and one partition, hence visible together. If an insert fails, uploads of other days may be
 * visible already; of one day all are, or none.
 */
export async function appendUploads(
  connection: Pick<Connection, 'insert'>,
  announced: Announced,
  uploads: readonly Upload[],
): Promise<void> {
  const stacks = new TsvWriter();
  const fresh = writeFreshStacks(stacks, announced, uploads);
  if (stacks.sizeBytes > 0) {
    await connection.insert('stacks', STACK_COLUMNS, stacks.bytes());
    for (const [scope, ids] of fresh) announced.add(scope, ids);
  }
  const series = new TsvWriter();
  writeSeries(series, uploads);
  if (series.sizeBytes > 0) await connection.insert('series', SERIES_COLUMNS, series.bytes());
  const profiles = new TsvWriter();
  for (const upload of uploads) writeProfiles(profiles, upload);
  if (profiles.sizeBytes > 0) await connection.insert('profiles', PROFILE_COLUMNS, profiles.bytes());
}

function writeProfiles(writer: TsvWriter, upload: Upload): void {
  const { seriesId, averageId, segmentId } = seriesIdentitiesOf(upload.labels);
  let stacks: { start: number; end: number } | undefined;
  for (const row of upload.rows) {
    writer.text(upload.tenant);
    writer.tab();
    writer.text(upload.service);
    writer.tab();
    writer.text(row.profileType);
    writer.tab();
    const numbers = [seriesId, averageId, segmentId, upload.timeNs, upload.durationNs, upload.period, row.total];
    for (const number of numbers) {
      writer.integer(number);
      writer.tab();
    }
    // The same ids for every sample type: copying the text costs a tenth of writing it.
    if (stacks === undefined) stacks = writer.int64s(upload.stackIds);
    else writer.again(stacks);
    writer.tab();
    writer.int64s(row.values);
    writer.endRow();
  }
}

interface SeriesDay {
  readonly upload: Upload;
  readonly day: bigint;
  readonly profileType: string;
  readonly identities: SeriesIdentities;
  firstNs: bigint;
  lastNs: bigint;
}

/** One row per series, profile type and day of the batch. */
function writeSeries(writer: TsvWriter, uploads: readonly Upload[]): void {
  const days = new Map<string, SeriesDay>();
  for (const upload of uploads) {
    const identities = seriesIdentitiesOf(upload.labels);
    const day = dayOf(upload.timeNs);
    for (const { profileType } of upload.rows) {
      const key = [upload.tenant, upload.service, day, identities.seriesId, profileType].join('\u0000');
      const known = days.get(key);
      const { timeNs } = upload;
      if (known === undefined) {
        days.set(key, { upload, day, profileType, identities, firstNs: timeNs, lastNs: timeNs });
      } else {
        if (timeNs < known.firstNs) known.firstNs = timeNs;
        if (timeNs > known.lastNs) known.lastNs = timeNs;
      }
    }
  }
  for (const { upload, day, profileType, identities, firstNs, lastNs } of days.values()) {
    writeFields(writer, [upload.tenant, upload.service, day, profileType]);
    writeFields(writer, [identities.seriesId, identities.averageId, identities.segmentId]);
    writeFields(writer, [identities.instance, identities.version, identities.session]);
    writer.map(upload.labels);
    writer.tab();
    writeFields(writer, [firstNs]);
    writer.integer(lastNs);
    writer.endRow();
  }
}

function writeFields(writer: TsvWriter, fields: readonly (string | bigint)[]): void {
  for (const field of fields) {
    if (typeof field === 'string') writer.text(field);
    else writer.integer(field);
    writer.tab();
  }
}

/** Writes stacks that were not announced yet; returns their ids by scope, to be announced after the commit. */
function writeFreshStacks(
  writer: TsvWriter,
  announced: Announced,
  uploads: readonly Upload[],
): ReadonlyMap<string, ReadonlySet<bigint>> {
  const fresh = new Map<string, Set<bigint>>();
  for (const upload of uploads) {
    const day = dayOf(upload.timeNs);
    const scope = `${upload.tenant}\u0000${upload.service}\u0000${day}`;
    const known = announced.of(scope);
    const inBatch = fresh.get(scope) ?? new Set();
    upload.stackIds.forEach((id, i) => {
      if (id === 0n || known.has(id) || inBatch.has(id)) return;
      inBatch.add(id);
      writeFields(writer, [upload.tenant, upload.service, day, id]);
      writeFrames(writer, upload.symbols, i);
      writer.endRow();
    });
    if (inBatch.size > 0) fresh.set(scope, inBatch);
  }
  return fresh;
}

function writeFrames(writer: TsvWriter, symbols: StackSymbols, stack: number): void {
  const { strings, frameFunction, frameFile, frameLine, stackOffsets, stackFrames } = symbols;
  const frames = stackFrames.subarray(stackOffsets[stack], stackOffsets[stack + 1]);
  const textOf = (index: number | undefined): string => strings[index ?? -1] ?? '';
  writer.texts(Array.from(frames, (frame) => textOf(frameFunction[frame])));
  writer.tab();
  writer.texts(Array.from(frames, (frame) => textOf(frameFile[frame])));
  writer.tab();
  writer.integers(Array.from(frames, (frame) => frameLine[frame] ?? 0));
}
