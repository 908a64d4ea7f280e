/**
 * The registry of everything that can go wrong through the caller's or the world's fault.
 *
 * A `Problem` is made only by `problem(key, details)`. Its message says what could not be done, where, why, and what
 * to do about it. Anything else that is thrown is a bug. `docs/errors.md` lists every entry; a test compares the two.
 *
 * `status` is the HTTP status; `connectCode` the code of the Connect protocol that stands in the error body
 * (https://connectrpc.com/docs/protocol#error-codes); for `/ingest` the pairs are those that Pyroscope clients know.
 */
export type ConnectCode =
  | 'canceled'
  | 'unknown'
  | 'invalid_argument'
  | 'deadline_exceeded'
  | 'not_found'
  | 'already_exists'
  | 'permission_denied'
  | 'resource_exhausted'
  | 'failed_precondition'
  | 'unimplemented'
  | 'internal'
  | 'unavailable'
  | 'unauthenticated';

export interface ProblemKind {
  readonly id: string;
  readonly status: number;
  readonly connectCode: ConnectCode;
  /** Template of the sentence; `{name}` is replaced by the detail of that name. */
  readonly message: string;
  readonly remedy: string;
}

export const PROBLEMS = {
  // 10xx: names, labels, parameters of a request
  badAppName: {
    id: 'LS-1001',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'name: {why}',
    remedy: 'Send `name` as `app.name{label=value,…}`.',
  },
  badParameter: {
    id: 'LS-1002',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'parameter `{name}`: {why}',
    remedy: 'Correct the parameter; docs/http-api.md lists what each takes.',
  },
  labelLimit: {
    id: 'LS-1003',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'labels: {why}',
    remedy: 'Send fewer or shorter labels; docs/settings.md lists the limits.',
  },
  // 11xx: body formats
  unsupportedFormat: {
    id: 'LS-1101',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'format `{format}` is not accepted here',
    remedy: 'Send pprof, as multipart form or raw with `format=pprof`.',
  },
  brokenMultipart: {
    id: 'LS-1102',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'cannot read the multipart form at byte {offset}: {why}',
    remedy: 'Resend the form whole, with the boundary that its Content-Type names.',
  },
  brokenGzip: {
    id: 'LS-1103',
    status: 422,
    connectCode: 'unknown',
    message: 'cannot decompress {what}: {why} (compressed size {sizeBytes} bytes)',
    remedy: 'Resend the profile; the gzip stream is damaged or cut off.',
  },
  brokenSampleTypeConfig: {
    id: 'LS-1104',
    status: 422,
    connectCode: 'unknown',
    message: 'sample_type_config: {why}',
    remedy: 'Send a JSON object: sample type -> {units, aggregation, display-name, sampled, cumulative}.',
  },
  pprofTruncated: {
    id: 'LS-1110',
    status: 422,
    connectCode: 'unknown',
    message: 'pprof: {what} at byte {offset} runs {missingBytes} bytes past the end',
    remedy: 'Resend the profile; it was cut off.',
  },
  pprofMalformed: {
    id: 'LS-1111',
    status: 422,
    connectCode: 'unknown',
    message: 'pprof: {why} at byte {offset}',
    remedy: 'Send an uncorrupted pprof profile (github.com/google/pprof/proto/profile.proto).',
  },
  notAProfile: {
    id: 'LS-1112',
    status: 422,
    connectCode: 'unknown',
    message: 'body is not a profile: {why} at byte 0',
    remedy: 'Check that the body is a pprof profile and not, say, an error page of a proxy.',
  },
  badSampleType: {
    id: 'LS-1113',
    status: 422,
    connectCode: 'unknown',
    message: 'pprof: sample type `{type}`: {why}',
    remedy: 'Send a profile whose sample types have distinct plain names.',
  },
  // 12xx: admission
  bodyTooLarge: {
    id: 'LS-1201',
    status: 413,
    connectCode: 'invalid_argument',
    message: 'body is larger than {limitBytes} bytes',
    remedy: 'Send smaller profiles or raise LEAKSCOPE_MAX_BODY_BYTES.',
  },
  profileTooLarge: {
    id: 'LS-1202',
    status: 413,
    connectCode: 'invalid_argument',
    message: '{what} decompresses to more than {limitBytes} bytes',
    remedy: 'Send smaller profiles or raise LEAKSCOPE_MAX_PROFILE_BYTES.',
  },
  queueFull: {
    id: 'LS-1203',
    status: 429,
    connectCode: 'resource_exhausted',
    message: 'the ingest queue is full ({what}: limit {limit})',
    remedy: 'Retry after the seconds in Retry-After; raise LEAKSCOPE_MAX_QUEUED_UPLOADS if it stays full.',
  },
  tooOld: {
    id: 'LS-1204',
    status: 422,
    connectCode: 'unknown',
    message: 'profile of {time} is older than the retention of {retention}',
    remedy: 'Send newer profiles or raise LEAKSCOPE_RETENTION (0 keeps everything).',
  },
  tooNew: {
    id: 'LS-1205',
    status: 422,
    connectCode: 'unknown',
    message: "profile of {time} is more than {limit} ahead of the server's clock",
    remedy: 'Correct the clock of the sender.',
  },
  decodeOutOfMemory: {
    id: 'LS-1206',
    status: 413,
    connectCode: 'invalid_argument',
    message: 'decoding the profile needs more than {limitMib} MiB of memory',
    remedy: 'Send smaller profiles.',
  },
  bodyCutOff: {
    id: 'LS-1207',
    status: 408,
    connectCode: 'canceled',
    message: 'the body ended after {sizeBytes} bytes, before it was whole',
    remedy: 'Resend the request.',
  },
  bodyStalled: {
    id: 'LS-1208',
    status: 408,
    connectCode: 'canceled',
    message: 'nothing of the body came for {idleMs} ms, after {sizeBytes} bytes',
    remedy: 'Resend the request without pauses.',
  },
  // 20xx: queries
  missingTimeRange: {
    id: 'LS-2001',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'missing time range in the query',
    remedy: 'Send `start` and `end` in ms since the epoch.',
  },
  badTimeRange: {
    id: 'LS-2002',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'time range: {why}',
    remedy: 'Send start <= end, in ms since the epoch.',
  },
  badSelector: {
    id: 'LS-2003',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'label selector at character {position}: {why}',
    remedy: 'Write {label="value",other!="x",third=~"re",fourth!~"re"}.',
  },
  badProfileType: {
    id: 'LS-2004',
    status: 400,
    connectCode: 'invalid_argument',
    message:
      'profile-type selection must be of the form <name>:<sample type>:<sample unit>:<period type>:<period unit>, not `{text}`',
    remedy: 'ProfileTypes lists the ids that exist.',
  },
  queryTimeout: {
    id: 'LS-2005',
    status: 504,
    connectCode: 'deadline_exceeded',
    message: 'the query ran past its {limitMs} ms',
    remedy: 'Choose a shorter range or raise LEAKSCOPE_QUERY_TIMEOUT.',
  },
  resultTooLarge: {
    id: 'LS-2006',
    status: 400,
    connectCode: 'invalid_argument',
    message: '{what} has more than {limit} rows',
    remedy: 'Choose a shorter range or add label matchers.',
  },
  queryMemory: {
    id: 'LS-2007',
    status: 400,
    connectCode: 'resource_exhausted',
    message: 'the query needs more than {limitBytes} bytes of memory',
    remedy: 'Choose a shorter range or add label matchers.',
  },
  storeBusy: {
    id: 'LS-2008',
    status: 429,
    connectCode: 'resource_exhausted',
    message: 'the store is busy: {limit} questions wait for it already',
    remedy: 'Retry after the seconds in Retry-After, and ask for fewer things at once.',
  },
  notFound: {
    id: 'LS-2010',
    status: 404,
    connectCode: 'not_found',
    message: '{what} does not exist',
    remedy: 'Check the path; docs/http-api.md lists every one.',
  },
  wrongMethod: {
    id: 'LS-2011',
    status: 405,
    connectCode: 'unimplemented',
    message: '{method} is not allowed on {path}',
    remedy: 'Use {allowed}.',
  },
  wrongContentType: {
    id: 'LS-2013',
    status: 415,
    connectCode: 'unknown',
    message: 'content type `{type}` is not accepted here',
    remedy: 'Send application/json or application/proto.',
  },
  notOffered: {
    id: 'LS-2014',
    status: 501,
    connectCode: 'unimplemented',
    message: '{what} is not offered',
    remedy: 'docs/http-api.md lists what is.',
  },
  foreignHost: {
    id: 'LS-2015',
    status: 403,
    connectCode: 'permission_denied',
    message: 'the request names the host `{host}`, and the server is there for this machine only',
    remedy: 'Ask for 127.0.0.1 or localhost, or add the name to LEAKSCOPE_ALLOWED_HOSTS.',
  },
  foreignOrigin: {
    id: 'LS-2016',
    status: 403,
    connectCode: 'permission_denied',
    message: 'a page of `{origin}` may not change anything here',
    remedy: 'Use the page of this server; behind a proxy, add the name to LEAKSCOPE_ALLOWED_HOSTS.',
  },
  headerTooLarge: {
    id: 'LS-2017',
    status: 431,
    connectCode: 'invalid_argument',
    message: 'the path, query and header of the request are longer than {limitBytes} bytes',
    remedy: 'Send fewer or shorter labels and headers.',
  },
  brokenRequest: {
    id: 'LS-2018',
    status: 400,
    connectCode: 'invalid_argument',
    message: 'this is no HTTP request: {why}',
    remedy: 'Speak HTTP/1.1, and send the whole request within a minute.',
  },
  notReady: {
    id: 'LS-2012',
    status: 503,
    connectCode: 'unavailable',
    message: 'the server is {why}',
    remedy: 'Retry in a second.',
  },
  // 30xx: start-up; `status` is never sent
  unknownFlag: {
    id: 'LS-3001',
    status: 500,
    connectCode: 'internal',
    message: '{why}',
    remedy: 'See leakscope --help.',
  },
  badSetting: {
    id: 'LS-3002',
    status: 500,
    connectCode: 'internal',
    message: '{name}: `{value}` {why}',
    remedy: 'docs/settings.md lists every setting.',
  },
  portInUse: {
    id: 'LS-3003',
    status: 500,
    connectCode: 'internal',
    message: 'cannot listen on {address}: {why}',
    remedy: 'Stop what uses it, or choose another address with --http ADDR:PORT.',
  },
  dataDirectory: {
    id: 'LS-3004',
    status: 500,
    connectCode: 'internal',
    message: 'cannot use the data directory {path}: {why}',
    remedy: 'Choose another with --data DIR.',
  },
  dataDirectoryHeld: {
    id: 'LS-3005',
    status: 500,
    connectCode: 'internal',
    message: 'the data directory {path} is held by another process ({holder})',
    remedy: 'Stop that process, or choose another directory with --data DIR.',
  },
  newerSchema: {
    id: 'LS-3006',
    status: 500,
    connectCode: 'internal',
    message: 'the data in {path} have schema {found}; this version knows up to {known}',
    remedy: 'Start the newer Leakscope that wrote them.',
  },
  cannotListen: {
    id: 'LS-3007',
    status: 500,
    connectCode: 'internal',
    message: 'cannot listen on {address}: {why}',
    remedy: 'Choose another address with --http ADDR:PORT, such as 127.0.0.1:4040.',
  },
  serverFailed: {
    id: 'LS-3008',
    status: 500,
    connectCode: 'internal',
    message: 'the server on {url} {why}',
    remedy: 'Its last message says more; start the demo again when that is mended.',
  },
} as const satisfies Record<string, ProblemKind>;
