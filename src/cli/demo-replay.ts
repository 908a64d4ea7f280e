import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { decodePprof } from '../formats/pprof/decode.ts';
import { encodePprof } from '../formats/pprof/encode.ts';
import { askServer } from './ask-server.ts';

/** One line of a recording; scripts/record-example.mjs writes them. */
export interface RecordedPush {
  /** End of the profile, ms since the recording began. */
  readonly afterMs: number;
  readonly durationMs: number;
  readonly query: Readonly<Record<string, string>>;
  readonly sampleTypeConfig: unknown;
  /** pprof, gzip, base64. */
  readonly profile: string;
}

const RECORDED_LEAK = new URL('../../examples/go-leak/recording/pushes.jsonl', import.meta.url);

/** The pushes of a recording, by default that of the leak, in the order of their times. */
export async function readRecording(file = RECORDED_LEAK): Promise<readonly RecordedPush[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedPush);
}

/**
 * Sends the recorded pushes at the pace at which they were recorded, as a process that starts now: profiles carry the
 * times of the replay and a session of their own. Resolves after the last one. Throws serverFailed when the server refuses
 * one.
 */
export async function replayRecording(
  pushes: readonly RecordedPush[],
  server: string,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = Date.now();
  const session = randomBytes(8).toString('hex');
  for (const push of pushes) {
    const untilMs = startedMs + push.afterMs;
    await sleep(Math.max(0, untilMs - Date.now()), undefined, { signal });
    const { query, form } = pushAt(push, untilMs, session);
    const response = await askServer(`${server}/ingest?${query}`, { method: 'POST', body: form }, signal);
    await response.arrayBuffer();
  }
}

/** The query and the form of `/ingest` for a recorded push, as if its profile had ended at `untilMs`. */
export function pushAt(
  push: RecordedPush,
  untilMs: number,
  session: string,
): { readonly query: URLSearchParams; readonly form: FormData } {
  const untilNs = BigInt(untilMs) * 1_000_000n;
  const profile = decodePprof(gunzipSync(Buffer.from(push.profile, 'base64')));
  const form = new FormData();
  form.set('profile', new Blob([encodePprof({ ...profile, timeNs: untilNs })]), 'profile.pprof');
  form.set('sample_type_config', new Blob([JSON.stringify(push.sampleTypeConfig)]), 'sample_type_config.json');
  const query = new URLSearchParams({
    ...push.query,
    name: (push.query.name ?? '').replace(/__session_id__=[^,}]*/, `__session_id__=${session}`),
    from: String(untilNs - BigInt(push.durationMs) * 1_000_000n),
    until: String(untilNs),
  });
  return { query, form };
}
