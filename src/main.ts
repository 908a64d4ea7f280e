#!/usr/bin/env node
/** The composition root: joins the parts, and is the only place that knows them all. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { pino } from 'pino';
import { Problem, problem } from './base/problem.ts';
import { demoCommand } from './cli/demo.ts';
import { serveCommand } from './cli/serve.ts';
import { openListeningSocket } from './http/listening-socket.ts';
import { createMetrics } from './http/metrics.ts';
import { createHttpServer } from './http/server.ts';
import { createIngest } from './ingest/ingest.ts';
import { createJudge } from './judge/judge.ts';
import { DEFAULT_TENANT } from './model/tenant.ts';
import { NS_PER_MS } from './model/time-range.ts';
import { createQueries } from './query/queries.ts';
import { type Settings, unknownVariables } from './settings.ts';
import { openStore } from './store/open-store.ts';
import type { ProfileStore } from './store/profile-store.ts';

const EXIT_PROBLEM = 1;
const EXIT_USAGE = 64;
const EXIT_BUG = 70;
const RETENTION_EVERY_MS = 3_600_000;
const SAME_SIGNAL_MS = 500;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

async function serve(settings: Settings): Promise<void> {
  const stopRequested = firstSignal();
  const now = Date.now;
  const logger = pino({ level: settings.logLevel }, pino.destination({ dest: 2, sync: true }));
  warnOfVariables(logger);
  const socket = await openListeningSocket(settings.http);
  const { retentionMs, queryTimeoutMs: timeoutMs, leakMinAgeMs: minAgeMs } = settings;
  const store = await openStore({ directory: settings.dataDirectory, now, queryTimeoutMs: timeoutMs });
  const metrics = createMetrics();
  const ingest = createIngest({ store, settings, now, metrics: metrics.ingest });
  metrics.watchLoad(() => ingest.load());
  const queries = createQueries({ store, now, retentionMs, timeoutMs });
  const judge = createJudge({
    ...{ store, now, minAgeMs, tenant: DEFAULT_TENANT },
    onError: (err, service) => logger.error({ err, service }, 'cannot judge'),
  });
  const uiDirectory = fileURLToPath(new URL('./ui', import.meta.url));
  const deps = { ingest, store, queries, judge, settings, metrics, logger, now, version, uiDirectory };
  const app = await createHttpServer(deps);
  const retention = startRetention(store, retentionMs, now, logger);
  judge.start();
  socket.open((request, response) => app.routing(request, response));
  process.stdout.write(greeting(socket.url, settings.dataDirectory));

  const signal = await stopRequested;
  logger.debug({ signal }, 'stopping');
  await socket.close();
  await app.close();
  await ingest.close();
  await judge.stop();
  await retention.stop();
  await store.close();
}

function greeting(url: string, dataDirectory: string): string {
  return [
    `Leakscope ${version} is ready: ${url} (data in ${dataDirectory})`,
    `Point a Go program at it with the Pyroscope SDK: ServerAddress: "${url}"`,
    '',
  ].join('\n');
}

function warnOfVariables(logger: pino.Logger): void {
  const names = unknownVariables(process.env);
  if (names.length > 0) logger.warn(`no setting is called ${names.join(', ')}; docs/settings.md lists them all`);
}

/**
 * Resolves with the first SIGINT or SIGTERM; a later one ends the process at once. Under npm one Ctrl-C comes twice, from the
 * terminal and from npm, so what follows at once is the same one.
 */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (firstMs !== undefined && performance.now() - firstMs > SAME_SIGNAL_MS) process.exit(EXIT_PROBLEM);
        firstMs ??= performance.now();
        resolve(signal);
      });
    }
  });
}

/** Deletes what is older than the retention, at the start and every hour. */
function startRetention(store: ProfileStore, retentionMs: number, now: () => number, logger: pino.Logger) {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const run = async () => {
    try {
      const deleted = await store.deleteOlderThan(BigInt(now() - retentionMs) * NS_PER_MS, stopping.signal);
      if (deleted > 0) logger.info({ deleted }, 'deleted profiles older than the retention');
    } catch (error) {
      if (!stopping.signal.aborted) logger.error({ err: error }, 'cannot delete old profiles');
    }
  };
  const next = () => {
    running = running.then(run);
  };
  if (retentionMs > 0) next();
  const timer = retentionMs > 0 ? setInterval(next, RETENTION_EVERY_MS) : undefined;
  return {
    stop: () => {
      clearInterval(timer);
      stopping.abort();
      return running;
    },
  };
}

async function main(): Promise<number> {
  const program = new Command('leakscope')
    .description('Continuous profiling server that finds memory and goroutine leaks in Go programs.')
    .version(version);
  program.addCommand(serveCommand(serve), { isDefault: true }).addCommand(demoCommand());
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .allowExcessArguments(false)
      .configureOutput({ outputError: () => {} });
  }
  try {
    refuseUnknownCommand(program, process.argv[2]);
    await program.parseAsync();
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** Commander would hand it to `serve`, the default, which complains of too many arguments. */
function refuseUnknownCommand(program: Command, first: string | undefined): void {
  if (first === undefined || first.startsWith('-') || first === 'help') return;
  const names = program.commands.map((command) => command.name());
  if (!names.includes(first)) program.error(`unknown command '${first}'; the commands are ${names.join(' and ')}`);
}

/** One line for what the user can mend, everything for a bug. Returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    const why = error.message.replace(/^error: |\.+$/g, '');
    process.stderr.write(`leakscope: ${problem('unknownFlag', { why }).sentence}\n`);
    return EXIT_USAGE;
  }
  if (error instanceof Problem) {
    process.stderr.write(`leakscope: ${error.sentence}\n`);
    return EXIT_PROBLEM;
  }
  process.stderr.write(`leakscope: unexpected failure: ${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT_BUG;
}

process.exit(await main());
