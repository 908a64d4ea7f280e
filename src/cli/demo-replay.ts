import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { problem } from '../base/problem.ts';
import { decodePprof } from '../formats/pprof/decode.ts';
import { encodePprof } from '../formats/pprof/encode.ts';

/** One line of examples/go-leak/recording/pushes.jsonl; scripts/record-demo.mjs writes them. */
export interface RecordedPush {
  /** End of the profile, ms since the recording began. */
  readonly afterMs: number;
  readonly durationMs: number;
  readonly query: Readonly<Record<string, string>>;
  readonly sampleTypeConfig: unknown;
  /** pprof, gzip, base64. */
  readonly profile: string;
}

/** The pushes of the recorded leak, in the order of their times. */
export async function readRecording(): Promise<readonly RecordedPush[]> {
  const file = new URL('../../examples/go-leak/recording/pushes.jsonl', import.meta.url);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedPush);
}

/**
 * Sends the recorded pushes at the pace at which they were recorded, as a process that starts now: profiles carry the
 * times of the replay and a session of their own. Resolves after the last one. Throws notReady when the server refuses
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
    await sendPush(push, untilMs, session, server);
  }
}

export async function sendPush(push: RecordedPush, untilMs: number, session: string, server: string): Promise<void> {
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
  const response = await fetch(`${server}/ingest?${query}`, { method: 'POST', body: form });
  if (!response.ok) {
    throw problem('notReady', { why: `refusing the recorded profiles (${response.status}: ${await response.text()})` });
  }
}
