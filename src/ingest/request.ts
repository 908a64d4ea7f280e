/** What the query string of `/ingest` says; the same words as every Pyroscope client. */
import { problem } from '../base/problem.ts';
import { checkServiceName, parseAppName } from '../model/app-name.ts';
import { parseAttimeNs } from '../model/attime.ts';
import { SERVICE_LABEL, SESSION_LABEL } from '../model/identity.ts';
import { type Labels, makeLabels } from '../model/labels.ts';

/**
 * One push. `query` are the parameters as text: `name` (required), `from`, `until`, `spyName`, `format`; `units`,
 * `aggregationType` and `sampleRate` mean something for text formats only, a pprof says those things itself.
 */
export interface IngestRequest {
  readonly tenant: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly contentType: string;
  readonly contentEncoding: string;
  /** Content-Length; 0 where the sender did not say. */
  readonly declaredBytes: number;
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface IngestTarget {
  readonly service: string;
  readonly labels: Labels;
  readonly fromNs: bigint;
  readonly untilNs: bigint;
  readonly format: 'pprof' | 'multipart';
  readonly contentEncoding: '' | 'gzip';
}

/** Longest name of a label, value of a label (UTF-16 units), and most labels of a series, as in Pyroscope. */
const MAX_LABEL_NAME_LENGTH = 1024;
const MAX_LABEL_VALUE_LENGTH = 2048;
export const MAX_LABELS = 30;

const APP_NAME_LABEL = 'app_name';
const SPY_LABEL = 'pyroscope_spy';
const DEFAULT_SPY = 'unknown';

/** Reads where a push goes and how its body is written. Throws badAppName, labelLimit, badParameter, unsupportedFormat. */
export function readTarget(request: IngestRequest, nowNs: bigint): IngestTarget {
  const { name, from, until, spyName, format } = request.query;
  const app = parseAppName(name ?? '');
  const service = app.labels[SERVICE_LABEL] ?? app.service;
  checkServiceName(service);
  return {
    service,
    labels: labelsOf(app, service, spyName || DEFAULT_SPY),
    fromNs: from ? parseAttimeNs(from, nowNs) : nowNs,
    untilNs: until ? parseAttimeNs(until, nowNs) : nowNs,
    format: formatOf(format ?? '', request.contentType),
    contentEncoding: encodingOf(request.contentEncoding),
  };
}

function labelsOf(app: { service: string; labels: Labels }, service: string, spyName: string): Labels {
  const own = Object.entries(app.labels).filter(([name]) => !name.startsWith('__') || name === SESSION_LABEL);
  const labels = makeLabels([
    [SPY_LABEL, spyName],
    ...(service === app.service ? [] : [[APP_NAME_LABEL, app.service] as const]),
    ...own,
    [SERVICE_LABEL, service],
  ]);
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS)
    throw problem('labelLimit', { why: `${entries.length} labels, limit ${MAX_LABELS}` });
  for (const [name, value] of entries) {
    if (name.length > MAX_LABEL_NAME_LENGTH) {
      throw problem('labelLimit', {
        why: `name \`${name.slice(0, 40)}…\` is longer than ${MAX_LABEL_NAME_LENGTH} characters`,
      });
    }
    if (value.length > MAX_LABEL_VALUE_LENGTH) {
      throw problem('labelLimit', { why: `value of \`${name}\` is longer than ${MAX_LABEL_VALUE_LENGTH} characters` });
    }
  }
  return labels;
}

/** A body without `format` that is no form would be folded text to Pyroscope, so raw pprof must say what it is. */
function formatOf(format: string, contentType: string): 'pprof' | 'multipart' {
  if (format === 'pprof') return 'pprof';
  if (format !== '') throw problem('unsupportedFormat', { format });
  if (/^multipart\/form-data\b/i.test(contentType.trim())) return 'multipart';
  throw problem('unsupportedFormat', { format: `none (Content-Type ${contentType.slice(0, 80) || 'absent'})` });
}

function encodingOf(contentEncoding: string): '' | 'gzip' {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return '';
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip';
  throw problem('unsupportedFormat', { format: `Content-Encoding: ${encoding.slice(0, 40)}` });
}
