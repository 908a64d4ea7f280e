/**
 * Measures receiving: pushes profiles of a service of 50 instances over many connections to a server of its own, on the
 * machine at hand, and prints what came of it. The load generator shares the processors with the server, so compare
 * ratios of runs on one quiet machine; CPU per upload is the server's alone.
 *
 * Use: npm run bench [-- --connections 64 --seconds 20 --dist dist --result bench/results/ingest.json]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CONTENT_TYPE, makeCorpus } from './corpus.mjs';

const INSTANCES = 50;
const WARM_UP_MS = 5000;
const SAMPLE_EVERY_MS = 250;
const CLOCK_TICKS = 100;

const { values: flags } = parseArgs({
  options: {
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '20' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
    result: { type: 'string', default: new URL('results/ingest.json', import.meta.url).pathname },
  },
});
const connections = Number(flags.connections);
const requests = makeCorpus(INSTANCES).map(requestOf);
const directory = mkdtempSync(join(tmpdir(), 'leakscope-bench-'));
const server = spawn(process.execPath, [
  join(flags.dist, 'main.js'),
  'serve',
  '--http',
  '127.0.0.1:0',
  '--data',
  directory,
]);
server.stderr.pipe(process.stderr);
try {
  const result = await measure(await portOf(server));
  const rounded = Object.entries(result).map(([name, value]) => [name, Math.round(value * 100) / 100]);
  for (const [name, value] of rounded) console.log(`${name.padEnd(24)}${String(value).padStart(10)}`);
  const machine = `${cpus().length} x ${cpus()[0]?.model}, Node ${process.versions.node}`;
  mkdirSync(dirname(flags.result), { recursive: true });
  writeFileSync(flags.result, `${JSON.stringify({ machine, ...Object.fromEntries(rounded) }, undefined, 2)}\n`);
} finally {
  server.kill();
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(directory, { recursive: true });
}

/** Head and body of one push; `next` to be sent starts anywhere in the corpus. */
function requestOf({ name, body }) {
  const query = new URLSearchParams({ name, spyName: 'gospy' });
  const head = [
    `POST /ingest?${query} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Content-Type: ${CONTENT_TYPE}`,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

async function portOf(child) {
  let output = '';
  for await (const chunk of child.stdout) {
    output += chunk;
    const port = /ready: http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error('the server ended before it was ready');
}

async function measure(port) {
  const load = { next: 0, latenciesMs: [], refused: 0, isOver: false };
  const senders = Array.from({ length: connections }, () => send(port, load));
  await sleep(WARM_UP_MS);
  load.latenciesMs = [];
  load.refused = 0;
  const begunMs = performance.now();
  const cpuBefore = cpuMs();
  let peakPrivateBytes = 0;
  while (performance.now() - begunMs < Number(flags.seconds) * 1000) {
    await sleep(SAMPLE_EVERY_MS);
    peakPrivateBytes = Math.max(peakPrivateBytes, privateBytes());
  }
  const seconds = (performance.now() - begunMs) / 1000;
  const usedMs = cpuMs() - cpuBefore;
  const { refused } = load;
  const latenciesMs = load.latenciesMs.toSorted((a, b) => a - b);
  load.isOver = true;
  await Promise.all(senders);
  return {
    connections,
    seconds,
    meanRequestKib: requests.reduce((sum, { length }) => sum + length, 0) / requests.length / 1024,
    uploads: latenciesMs.length,
    refused,
    uploadsPerSecond: latenciesMs.length / seconds,
    cpuMsPerUpload: usedMs / latenciesMs.length,
    p50Ms: latenciesMs[Math.floor(latenciesMs.length * 0.5)],
    p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)],
    peakPrivateMib: peakPrivateBytes / 1024 / 1024,
  };
}

/** One connection: a push, its answer, the next push. Bare sockets, since an HTTP client costs as much as the server. */
function send(port, load) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let sentMs = 0;
    let answer = '';
    const push = () => {
      if (load.isOver) return socket.end(resolve);
      sentMs = performance.now();
      socket.write(requests[load.next++ % requests.length]);
    };
    socket.on('connect', push);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const bodyBytes = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? 0);
      if (answer.length < end + 4 + bodyBytes) return;
      if (answer.startsWith('HTTP/1.1 200')) load.latenciesMs.push(performance.now() - sentMs);
      else load.refused++;
      answer = '';
      push();
    });
  });
}

/** CPU time of all threads of the server so far. */
function cpuMs() {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / CLOCK_TICKS;
}

/** Memory of the server that is not a mapped file. */
function privateBytes() {
  const [, kilobytes] = /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
  return Number(kilobytes) * 1024;
}
