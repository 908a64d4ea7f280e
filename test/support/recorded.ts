import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const FIXTURES = new URL('../fixtures/', import.meta.url);

/** Folders of `test/fixtures` with pushes of real SDKs; test/fixtures/README.md describes each. */
export const RECORDED_PUSH_FOLDERS = [
  'pyroscope-go-1.4.3',
  'pyroscope-io-client-0.7.2',
  'pyroscope-io-client-0.5.0',
  'pyroscope-io-client-0.5.0-prev',
  'nodejs',
] as const;
export type RecordedPushFolder = (typeof RECORDED_PUSH_FOLDERS)[number];

/** A request as an SDK sent it. `headers` have lower-case names; `body` is as on the wire. */
export interface RecordedPush {
  /** Folder and number: `pyroscope-go-1.4.3/001`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A profile inside a recording, decompressed. */
export interface RecordedProfile {
  /** `pyroscope-go-1.4.3/001 profile`, `pyroscope-io-client-0.5.0-prev/005 prev_profile`, `pprof-http/heap`. */
  readonly name: string;
  readonly pprof: Uint8Array;
}

/** The pushes of a folder, or of all folders, in the order in which they were sent. */
export function recordedPushes(folder?: RecordedPushFolder): RecordedPush[] {
  const folders = folder === undefined ? RECORDED_PUSH_FOLDERS : [folder];
  return folders.flatMap((name) =>
    filesOf(name, '.json').map((file) => readPush(`${name}/${file.slice(0, -'.json'.length)}`)),
  );
}

/** Every profile of every recording: `profile` and `prev_profile` of the pushes, raw bodies, and pprof-http downloads. */
export async function recordedProfiles(): Promise<RecordedProfile[]> {
  const fromPushes = await Promise.all(recordedPushes().map(profilesOf));
  const downloads = filesOf('pprof-http', '.pb.gz').map((file) => ({
    name: `pprof-http/${file.slice(0, -'.pb.gz'.length)}`,
    pprof: decompress(readFileSync(new URL(`pprof-http/${file}`, FIXTURES))),
  }));
  return [...fromPushes.flat(), ...downloads];
}

/** The profiles of one push. */
export async function profilesOf(push: RecordedPush): Promise<RecordedProfile[]> {
  if (push.query.get('format') === 'pprof') return [{ name: `${push.name} profile`, pprof: decompress(push.body) }];
  const form = await new Response(push.body.slice(), { headers: push.headers }).formData();
  const profiles: RecordedProfile[] = [];
  for (const part of ['profile', 'prev_profile']) {
    const file = form.get(part);
    if (!(file instanceof Blob)) continue;
    profiles.push({ name: `${push.name} ${part}`, pprof: decompress(new Uint8Array(await file.arrayBuffer())) });
  }
  return profiles;
}

/** Ungzips where the magic bytes are there; some clients send profiles as they are. */
function decompress(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

function readPush(name: string): RecordedPush {
  const head = JSON.parse(readFileSync(new URL(`${name}.json`, FIXTURES), 'utf8'));
  const headers: Record<string, string> = {};
  for (const [key, values] of Object.entries<string[]>(head.headers)) headers[key.toLowerCase()] = values.join(', ');
  return {
    name,
    method: head.method,
    path: head.path,
    query: new URLSearchParams(head.rawQuery),
    headers,
    body: new Uint8Array(readFileSync(new URL(`${name}.bin`, FIXTURES))),
  };
}

function filesOf(folder: string, suffix: string): string[] {
  return readdirSync(new URL(folder, FIXTURES))
    .filter((file) => file.endsWith(suffix))
    .sort();
}
