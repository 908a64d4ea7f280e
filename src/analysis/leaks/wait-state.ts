import type { Stack } from '../../model/stack.ts';

/**
 * What a goroutine waits for, in the words of Go's own goroutine dumps, read off the runtime frames at the leaf of its
 * stack (a goroutine profile names no wait reason). Sources: runtime/runtime2.go (`waitReasonStrings`), recorded stacks
 * of Go 1.26, and names of older versions: `sync.runtime_SemacquireMutex` before 1.24, `sync.runtime_Semacquire` under
 * WaitGroup before 1.25. A nil channel is not told from others: that takes the start line of the runtime function.
 */
export type WaitState =
  | 'chan send'
  | 'chan receive'
  | 'select'
  | 'select (no cases)'
  | 'sync.Mutex.Lock'
  | 'sync.RWMutex.Lock'
  | 'sync.RWMutex.RLock'
  | 'sync.WaitGroup.Wait'
  | 'sync.Cond.Wait'
  | 'semacquire'
  | 'IO wait'
  | 'sleep'
  | 'coroutine'
  | 'syscall'
  | 'parked'
  | 'running';

/** Function -> state, decided by the first frame from the leaf that is listed. */
const BY_FUNCTION: Readonly<Record<string, WaitState>> = {
  'runtime.chansend': 'chan send',
  'runtime.chansend1': 'chan send',
  'runtime.chanrecv': 'chan receive',
  'runtime.chanrecv1': 'chan receive',
  'runtime.chanrecv2': 'chan receive',
  'runtime.selectgo': 'select',
  'runtime.block': 'select (no cases)',
  'runtime.netpollblock': 'IO wait',
  'internal/poll.runtime_pollWait': 'IO wait',
  'time.Sleep': 'sleep',
  'runtime.timeSleep': 'sleep',
  'runtime.coroswitch': 'coroutine',
  'runtime.coroswitch_m': 'coroutine',
};

/** The same for semaphores, by base name: their package changed from `sync` to `internal/sync`. */
const BY_SEMAPHORE: Readonly<Record<string, WaitState>> = {
  runtime_notifyListWait: 'sync.Cond.Wait',
  runtime_SemacquireWaitGroup: 'sync.WaitGroup.Wait',
  runtime_SemacquireRWMutexR: 'sync.RWMutex.RLock',
  runtime_SemacquireRWMutex: 'sync.RWMutex.Lock',
  runtime_SemacquireMutex: 'sync.Mutex.Lock',
};

/** Callers that tell what a plain semaphore of older Go versions is for. */
const BY_SEMAPHORE_CALLER: readonly (readonly [RegExp, WaitState])[] = [
  [/^(internal\/)?sync\.\(\*WaitGroup\)\.Wait$/, 'sync.WaitGroup.Wait'],
  [/^(internal\/)?sync\.\(\*RWMutex\)\.RLock$/, 'sync.RWMutex.RLock'],
  [/^(internal\/)?sync\.\(\*RWMutex\)\.Lock$/, 'sync.RWMutex.Lock'],
  [/^(internal\/)?sync\.\(\*Mutex\)\.(lockSlow|Lock)$/, 'sync.Mutex.Lock'],
];

/** Frames from the leaf that can belong to one wait. */
const MAX_WAIT_FRAMES = 8;

const SYSCALL =
  /^(syscall|internal\/runtime\/syscall|runtime\/internal\/syscall|golang\.org\/x\/sys\/unix)(\/\w+)?\.(Raw)?[Ss]yscall/;

/** The wait state of a goroutine by its stack, leaf first; `running` where nothing tells another. */
export function waitStateOf(stack: Stack): WaitState {
  const names = stack.slice(0, MAX_WAIT_FRAMES).map((frame) => frame.function);
  for (const [depth, name] of names.entries()) {
    const state = BY_FUNCTION[name] ?? BY_SEMAPHORE[name.slice(name.lastIndexOf('.') + 1)];
    if (state !== undefined) return state;
    if (name === 'sync.runtime_Semacquire') return semaphoreOf(names.slice(depth + 1));
    if (!name.startsWith('runtime.')) break;
  }
  const leaf = names[0] ?? '';
  if (SYSCALL.test(leaf)) return 'syscall';
  return leaf === 'runtime.gopark' || leaf === 'runtime.goparkunlock' ? 'parked' : 'running';
}

function semaphoreOf(callers: readonly string[]): WaitState {
  for (const [pattern, state] of BY_SEMAPHORE_CALLER) if (callers.some((name) => pattern.test(name))) return state;
  return 'semacquire';
}

const FOREVER: ReadonlySet<WaitState> = new Set([
  'chan send',
  'chan receive',
  'select',
  'select (no cases)',
  'sync.Mutex.Lock',
  'sync.RWMutex.Lock',
  'sync.RWMutex.RLock',
  'sync.WaitGroup.Wait',
  'sync.Cond.Wait',
  'semacquire',
]);

/** True where only another goroutine can end the wait, so that it may last for ever; time and the network cannot. */
export function mayWaitForever(state: WaitState): boolean {
  return FOREVER.has(state);
}
