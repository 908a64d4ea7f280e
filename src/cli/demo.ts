import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { problem } from '../base/problem.ts';
import { parseDurationMs, readSettings, SETTINGS, wrongValue } from '../settings.ts';
import type { Finding, FindingsAnswer } from '../wire/api.ts';
import { askServer } from './ask-server.ts';
import { buildExample, runExample } from './demo-program.ts';
import { readRecording, replayRecording } from './demo-replay.ts';
import { DEMO_LEAK_MIN_AGE_MS, type DemoServer, openDemoServer } from './demo-server.ts';

const APPLICATION = 'simple.golang.app';
const FINDING_POLL_MS = 1_000;

interface DemoFlags {
  readonly http?: string;
  readonly data?: string;
  readonly for?: string;
  readonly fixed?: true;
  readonly sdk2023?: true;
}

/** `leakscope demo`: a server if none runs, a leaking Go program under gentle load, and the page to open. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Show a leak being found: starts a server if none runs, and a leaking Go program under gentle load.')
    .option(`${SETTINGS.http.flag} <${SETTINGS.http.value}>`, 'Address of the server to use or to start.')
    .option(
      '--data <DIR>',
      `Keep the profiles in DIR (${SETTINGS.dataDirectory.env}); without it, in a temporary directory that goes at the end.`,
    )
    .option('--for <DURATION>', 'Stop by itself after this time.')
    .option('--fixed', 'Run the repaired program, which does not leak.')
    .option('--sdk-2023', 'Run the program with the Pyroscope SDK of 2023, which uploads every 10 s.')
    .action((flags: DemoFlags) => runDemo(flags, console.log));
}

async function runDemo(flags: DemoFlags, print: (line: string) => void): Promise<void> {
  const { http, data } = flags;
  const settings = readSettings(
    { ...(http === undefined ? {} : { http }), ...(data === undefined ? {} : { dataDirectory: data }) },
    process.env,
  );
  // Not settings.dataDirectory when nobody named one: the default is where `serve` keeps what is worth keeping.
  const isNamed = (data ?? process.env[SETTINGS.dataDirectory.env]) !== undefined;
  const directory = isNamed ? settings.dataDirectory : undefined;
  const signal = untilStopped(flags.for);
  signal.addEventListener('abort', () => print('Stopping…'));
  try {
    const server = await openDemoServer(settings.http, directory, signal);
    try {
      await showLeak(server, flags, signal, print);
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * Aborted by Ctrl-C, SIGTERM, a closed terminal, or the end of `--for`. No later signal ends the process before it has
 * stopped what it started, which would outlive it: under npm one Ctrl-C comes twice. Throws badSetting.
 */
function untilStopped(forText: string | undefined): AbortSignal {
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopped.abort());
  if (forText === undefined) return stopped.signal;
  const forMs = parseDurationMs(forText);
  if (!forMs) throw wrongValue('--for', forText, 'DURATION');
  // Not AbortSignal.any with AbortSignal.timeout: Node 20 may collect them as garbage, and then they never fire.
  setTimeout(() => stopped.abort(), forMs).unref();
  return stopped.signal;
}

async function showLeak(
  server: DemoServer,
  flags: DemoFlags,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  if (server.wasRunning) print(`Using the server that runs on ${server.url}.`);
  if (server.leakMinAgeMs > DEMO_LEAK_MIN_AGE_MS) {
    print(
      `It calls growth a leak only after ${server.leakMinAgeMs / 60_000} min (a third of that for goroutines blocked for ever). ` +
        'For a verdict within a minute stop it, and let the demo start one.',
    );
  }
  const example = flags.sdk2023 ? 'go-leak-2023' : 'go-leak';
  const binary = await buildExample(example, signal, () => print(`Building examples/${example}…`));
  if ('why' in binary) return replayInstead(binary.why, server, flags, signal, print);
  try {
    const program = await runExample(binary.path, { server: server.url, fixed: flags.fixed === true });
    print(`The ${flags.fixed ? 'repaired' : 'leaking'} program answers on ${program.url}, five requests a second.`);
    try {
      await Promise.race([watch(server, flags.fixed === true, signal, print), program.failed, server.failed]);
    } finally {
      await program.stop();
    }
  } finally {
    await binary.remove();
  }
}

async function replayInstead(
  why: string,
  server: DemoServer,
  flags: DemoFlags,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  if (flags.fixed || flags.sdk2023) {
    throw problem('unknownFlag', { why: `only the leaking program of today is recorded, and ${why}` });
  }
  print(`${why}: replaying a recorded history of the program in real time instead.`);
  const pushes = await readRecording();
  const replayed = replayRecording(pushes, server.url, signal).then(() => {
    print('The recording has ended; the server keeps running.');
    return new Promise<never>(() => {});
  });
  await Promise.race([watch(server, false, signal, print), replayed, server.failed]);
}

/** Prints the page to open, then the finding when there is one. Ends, by throwing, with the signal. */
async function watch(
  server: DemoServer,
  isFixed: boolean,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  const startedMs = Date.now();
  const stop = server.wasRunning ? 'Ctrl-C stops the demo; the server keeps running.' : 'Ctrl-C stops everything.';
  print(`\nOpen ${server.url}/ and watch ${APPLICATION}. ${stop}`);
  print(isFixed ? 'This program does not leak: expect no new finding.\n' : '');
  for (;;) {
    const finding = await findLeak(server.url, startedMs, signal);
    if (finding !== undefined) {
      const afterS = Math.round((Date.now() - startedMs) / 1000);
      print(`After ${afterS} s: ${finding.headline}\n${finding.lead}\n${server.url}/leaks/${finding.id}`);
      break;
    }
    await sleep(FINDING_POLL_MS, undefined, { signal });
  }
  await sleep(2 ** 31 - 1, undefined, { signal });
}

/** The demo's leak, seen since `sinceMs`; older findings of an earlier demo do not count. */
async function findLeak(server: string, sinceMs: number, signal: AbortSignal): Promise<Finding | undefined> {
  const url = `${server}/api/v1/findings?service=${APPLICATION}&verdict=leak`;
  const { findings } = (await (await askServer(url, {}, signal)).json()) as FindingsAnswer;
  return findings.find((finding) => Date.parse(finding.lastSeen) >= sinceMs);
}
