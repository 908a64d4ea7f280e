// Records the goroutine and heap pushes of the real examples/go-leak for `leakscope demo` on machines without Go:
//   node scripts/record-demo.mjs [minutes]
// Writes examples/go-leak/recording/pushes.jsonl, one push a line: when it came (`afterMs`, since the recording began),
// its query parameters without the times, its `sample_type_config`, and its pprof (gzip, base64) as the SDK sent it.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const minutes = Number(process.argv[2] ?? 5);
const source = fileURLToPath(new URL('../examples/go-leak', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'leakscope-record-'));
const binary = join(work, 'go-leak');
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
  const query = Object.fromEntries(url.searchParams);
  const untilMs = Number(BigInt(query.until) / 1_000_000n);
  const durationMs = Number((BigInt(query.until) - BigInt(query.from)) / 1_000_000n);
  delete query.from;
  delete query.until;
  const profile = Buffer.from(await form.get('profile').arrayBuffer()).toString('base64');
  pushes.push({ afterMs: untilMs - startedMs, durationMs, query, sampleTypeConfig: config, profile });
}).listen(0, '127.0.0.1');
await once(sink, 'listening');

const target = 'http://127.0.0.1:8081/';
const server = `http://127.0.0.1:${sink.address().port}`;
const flags = ['-server', server, '-upload', '3s', '-hostname', 'recorded', '-addr', '127.0.0.1:8081'];
const program = spawn(binary, flags, { stdio: 'inherit' });
const load = setInterval(() => fetch(target).then((answer) => answer.text(), console.error), 200);
setTimeout(() => {
  clearInterval(load);
  program.kill('SIGTERM');
}, minutes * 60_000);
await once(program, 'exit');
sink.close();
rmSync(work, { recursive: true });

pushes.sort((a, b) => a.afterMs - b.afterMs);
const lines = pushes.map((push) => `${JSON.stringify(push)}\n`).join('');
mkdirSync(join(source, 'recording'), { recursive: true });
writeFileSync(join(source, 'recording', 'pushes.jsonl'), lines);
console.log(`${pushes.length} pushes, ${lines.length} bytes`);
