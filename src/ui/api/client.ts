/** Requests to the server the page came from. All paths are relative to `<base href>`. */

/** What the server answered, or that it could not be reached; `remedy` says what to do. */
export class RequestError extends Error {
  readonly status: number;
  /** `LS-2005`; null where the answer did not come from Leakscope. */
  readonly id: string | null;
  readonly remedy: string;
  constructor(message: string, options: { status: number; id: string | null; remedy: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RequestError';
    this.status = options.status;
    this.id = options.id;
    this.remedy = options.remedy;
  }
  /** True where no answer came at all. */
  get isUnreachable(): boolean {
    return this.status === 0;
  }
  /** False where the same request would be refused again. */
  get isWorthRetrying(): boolean {
    return this.status < 400 || this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

/** Parameters of a request; undefined ones are left out. */
export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** GET of `path` under `/api/v1`; `path` has no leading slash. Throws RequestError. */
export async function getJson<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  const url = apiUrl(`api/v1/${path}`);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return (await request(url, { headers: { accept: 'application/json' } }, signal)) as T;
}

/** Unary call of the Connect protocol with JSON bodies: `querier.v1.QuerierService/<method>`. Throws RequestError. */
export async function connectCall<T>(method: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'connect-protocol-version': '1' },
    body: JSON.stringify(body),
  };
  return (await request(apiUrl(`querier.v1.QuerierService/${method}`), init, signal)) as T;
}

/** Absolute URL of a path of this server. */
export function apiUrl(path: string): URL {
  return new URL(path, document.baseURI);
}

async function request(url: URL, init: RequestInit, signal: AbortSignal | undefined): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, signal === undefined ? init : { ...init, signal });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new RequestError('Cannot reach the server', {
      status: 0,
      id: null,
      remedy: 'Check that Leakscope runs and that this browser can reach it.',
      cause,
    });
  }
  if (!response.ok) throw errorOf(response.status, response.statusText, await response.text());
  return response.json();
}

/**
 * Reads an error body `{message, id, remedy}`; `message` may already carry remedy and id at its end. Answers of the
 * Connect protocol have id and remedy in a detail.
 */
export function errorOf(status: number, statusText: string, text: string): RequestError {
  const body = parseObject(text);
  const { id: ownId, remedy: ownRemedy } = Array.isArray(body.details) ? detailOf(body.details) : body;
  const id = textOf(ownId);
  const remedy = textOf(ownRemedy) ?? 'Try again; the log of the server says more.';
  const message = textOf(body.message) ?? `The server answered ${status} ${statusText}`.trim();
  const tail = `. ${remedy} (${id})`;
  const plain = message.endsWith(tail) ? message.slice(0, -tail.length) : message;
  return new RequestError(plain, { status, id, remedy });
}

/** What our servers say beside code and message; {} where a detail of that kind is missing. */
function detailOf(details: readonly unknown[]): Record<string, unknown> {
  for (const detail of details) {
    const { debug } = detail as { debug?: unknown };
    if (typeof debug === 'object' && debug !== null && 'remedy' in debug) return debug as Record<string, unknown>;
  }
  return {};
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    // A proxy's HTML page is not ours to explain; the status alone is shown then.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
