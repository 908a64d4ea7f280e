// Records the goroutine and heap pushes of a real example program under load, five requests a second:
//   node scripts/record-example.mjs go-leak examples/go-leak/recording/pushes.jsonl -upload 3s
//   MINUTES=5.5 node scripts/record-example.mjs go-leak test/fixtures/repaired-programs/go-leak.jsonl -fixed -upload 5s
//   MINUTES=5.5 node scripts/record-example.mjs go-leak-2023 test/fixtures/repaired-programs/go-leak-2023.jsonl -fixed
// The first is what `leakscope demo` replays on machines without Go. MINUTES (5) says how long; what follows the file are
// flags of the program. One push a line: when it came (`afterMs`, since the recording began), its query parameters
// without the times, its `sample_type_config`, and its pprof (gzip, base64) as the SDK sent it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [example, file, ...programFlags] = process.argv.slice(2);
if (example === undefined || file === undefined) throw new Error('usage: record-example.mjs EXAMPLE FILE [FLAGS]');
const minutes = Number(process.env.MINUTES ?? 5);
const source = fileURLToPath(new URL(`../examples/${example}`, import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'leakscope-record-'));
const binary = join(work, example);
// -trimpath: the recording shall name no directory of the machine it was made on.
if (spawnSync('go', ['build', '-trimpath', '-o', binary, '.'], { cwd: source, stdio: 'inherit' }).status !== 0)
  process.exit(1);

const pushes = [];
const startedMs = Date.now();
const sink = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  response.end();
  const url = new URL(request.url ?? '/', 'http://sink');
  const form = await new Response(Buffer.concat(chunks), { headers: request.headers }).formData();
  const configText = await form.get('sample_type_config')?.text(); // CPU pushes have none
  if (configText === undefined) return;
  const config = JSON.parse(configText);
  if (!('goroutine' in config || 'inuse_space' in config)) return;
  const { from, until, ...query } = Object.fromEntries(url.searchParams);
  const untilMs = msOf(until);
  const profile = Buffer.from(await form.get('profile').arrayBuffer()).toString('base64');
  pushes.push({
    ...{ afterMs: untilMs - startedMs, durationMs: untilMs - msOf(from) },
    ...{ query, sampleTypeConfig: config, profile },
  });
}).listen(0, '127.0.0.1');
await once(sink, 'listening');

const port = await freePort();
const server = `http://127.0.0.1:${sink.address().port}`;
const flags = ['-server', server, '-hostname', 'recorded', '-addr', `127.0.0.1:${port}`, ...programFlags];
const program = spawn(binary, flags, { stdio: 'inherit' });
const load = setInterval(() => fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text(), console.error), 200);
setTimeout(() => {
  clearInterval(load);
  program.kill('SIGTERM');
}, minutes * 60_000);
await once(program, 'exit');
sink.close();
rmSync(work, { recursive: true });

pushes.sort((a, b) => a.afterMs - b.afterMs);
const lines = pushes.map((push) => `${JSON.stringify(push)}\n`).join('');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, lines);
console.log(`${pushes.length} pushes, ${lines.length} bytes`);

/** The SDK of 2023 sends seconds, today's nanoseconds. */
function msOf(time) {
  return time.length > 12 ? Number(BigInt(time) / 1_000_000n) : Number(time) * 1000;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
