/**
 * Measures the store on the machine at hand, with the load that docs/storage.md describes; prints one line a figure.
 *
 * Use: npm run build && node --expose-gc bench/store.mjs
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seriesIdOf } from '../dist/model/labels.js';
import { openStore } from '../dist/store/open-store.js';

const INSTANCES = 50;
const POINTS = 100;
const STACKS = 450;
const BATCH = 100;
const TYPES = ['alloc_objects:count', 'alloc_space:bytes', 'inuse_objects:count', 'inuse_space:bytes'].map(
  (type) => `memory:${type}:space:bytes`,
);
const [, ALLOC_SPACE, , INUSE_SPACE] = TYPES;
const BEGIN_NS = 1_763_000_000_000_000_000n;
const STEP_NS = 15_000_000_000n;
const RUNS = 5;
const TENANT = 'anonymous';

/** Numbers that are the same in every run (Lehmer's generator). */
let state = 1;
const random = () => {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
};

const stackIds = BigUint64Array.from({ length: STACKS }, (_, i) => seriesIdOf({ stack: String(i) })).sort();
const symbols = symbolsOf();

function symbolsOf() {
  const depth = 20;
  const strings = Array.from({ length: 1000 }, (_, i) => `example.com/shop/internal/package${i % 50}.function${i}`);
  const frames = STACKS * depth;
  return {
    strings,
    frameFunction: Int32Array.from({ length: frames }, () => Math.floor(random() * strings.length)),
    frameFile: new Int32Array(frames),
    frameLine: Int32Array.from({ length: frames }, () => Math.floor(random() * 1000)),
    stackOffsets: Int32Array.from({ length: STACKS + 1 }, (_, i) => i * depth),
    stackFrames: Int32Array.from({ length: frames }, (_, i) => i),
  };
}

/** The latest values of each instance and type: from upload to upload one stack in ten changes. */
const latest = new Map();

function valuesOf(instance, profileType) {
  const key = `${instance} ${profileType}`;
  const values = latest.get(key)?.slice() ?? new BigInt64Array(STACKS);
  const isFirst = !latest.has(key);
  for (let i = 0; i < STACKS; i++) if (isFirst || random() < 0.1) values[i] = BigInt(Math.floor(random() * 1_000_000));
  latest.set(key, values);
  return values;
}

function uploadOf(service, instance, point) {
  const rows = TYPES.map((profileType) => {
    const values = valuesOf(`${service} ${instance}`, profileType);
    return { profileType, values, total: values.reduce((sum, value) => sum + value, 0n) };
  });
  return {
    tenant: TENANT,
    service,
    labels: { pod: `${service}-${instance}`, service_name: service },
    timeNs: BEGIN_NS + BigInt(point) * STEP_NS,
    durationNs: STEP_NS,
    period: 524_288n,
    stackIds,
    rows,
    symbols,
  };
}

function residentBytes(field) {
  const [, kilobytes] = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

const megabytes = (bytes) => `${(bytes / 1_000_000).toFixed(1)} MB`;
const print = (what, figure) => process.stdout.write(`${what.padEnd(62)} ${figure}\n`);

/** Wall time of the best run, and CPU time of all threads in it. */
async function measure(what, task) {
  let best = { wallMs: Number.POSITIVE_INFINITY, cpuMs: 0 };
  for (let run = 0; run < RUNS; run++) {
    const [begunMs, cpuBefore] = [performance.now(), process.cpuUsage()];
    await task();
    const { user, system } = process.cpuUsage(cpuBefore);
    const wallMs = performance.now() - begunMs;
    if (wallMs < best.wallMs) best = { wallMs, cpuMs: (user + system) / 1000 };
  }
  print(what, `${best.wallMs.toFixed(0)} ms (CPU ${best.cpuMs.toFixed(0)} ms)`);
}

const directory = mkdtempSync(join(tmpdir(), 'leakscope-bench-'));
try {
  const openedMs = performance.now();
  const store = await openStore({ directory });
  print('open an empty directory', `${(performance.now() - openedMs).toFixed(0)} ms`);
  print('private memory after opening', megabytes(residentBytes('RssAnon')));
  print('resident memory after opening', megabytes(residentBytes('VmRSS')));
  await fill(store);
  await ask(store);
  globalThis.gc?.();
  print('private memory after all this', megabytes(residentBytes('RssAnon')));
  print('peak of the resident memory', megabytes(residentBytes('VmHWM')));
  await store.close();
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function fill(store) {
  const uploads = [];
  for (let point = 0; point < POINTS; point++) {
    for (let instance = 0; instance < INSTANCES; instance++) uploads.push(uploadOf('shop', instance, point));
  }
  for (let point = 0; point < POINTS; point++) uploads.push(uploadOf('till', 0, point));
  const cpuBefore = process.cpuUsage();
  const begunMs = performance.now();
  for (let at = 0; at < uploads.length; at += BATCH) await store.append(uploads.slice(at, at + BATCH));
  const { user, system } = process.cpuUsage(cpuBefore);
  print('append, an upload', `${((performance.now() - begunMs) / uploads.length).toFixed(2)} ms`);
  print('append, CPU of an upload', `${((user + system) / 1000 / uploads.length).toFixed(2)} ms`);
  const { sizeBytes } = await store.stats();
  print('disk, an upload', `${(sizeBytes / uploads.length).toFixed(0)} bytes of ${megabytes(sizeBytes)}`);
}

async function ask(store) {
  const range = { fromNs: BEGIN_NS, untilNs: BEGIN_NS + BigInt(POINTS) * STEP_NS };
  const selector = [{ name: 'service_name', operator: '=', value: 'shop' }];
  const query = { tenant: TENANT, selector, range, profileType: INUSE_SPACE, aggregation: 'mean' };
  for (const aggregation of ['mean', 'last', 'max', 'sum']) {
    await measure(`mergeStacks ${aggregation}`, () => store.mergeStacks({ ...query, aggregation }));
  }
  await measure('mergeStacks of a counter', () => store.mergeStacks({ ...query, profileType: ALLOC_SPACE }));
  const timeline = { ...query, stepNs: STEP_NS, groupBy: [] };
  await measure('timeline', () => store.timeline(timeline));
  await measure('timeline by pod', () => store.timeline({ ...timeline, groupBy: ['pod'] }));
  const some = new Set(stackIds.subarray(0, 50));
  await measure('timeline of 50 stacks', () => store.timeline({ ...timeline, onlyStacks: some }));
  const many = new Set([...some, ...Array.from({ length: 65_486 }, (_, i) => BigInt(i + 1))]);
  await measure('timeline of 65,536 stacks', () => store.timeline({ ...timeline, onlyStacks: many }));
  const history = (service) => store.history({ tenant: TENANT, service, range, maxPoints: 400 });
  await measure(`history of ${INSTANCES} segments x ${POINTS} points x ${STACKS} stacks x 3 types`, () =>
    history('shop'),
  );
  await measure('history of 1 segment', () => history('till'));
  await measure('stats', () => store.stats());
  await measure('100 merges at once', () => Promise.all(Array.from({ length: 100 }, () => store.mergeStacks(query))));
}
