import { describe, expect, it } from 'vitest';
import { stackOf } from '../../../test/support/synthetic-history.ts';
import { mayWaitForever, waitStateOf } from './wait-state.ts';

describe('waitStateOf', () => {
  it.each([
    ['chan send', ['runtime.gopark', 'runtime.chansend', 'runtime.chansend1', 'main.f']],
    ['chan receive', ['runtime.gopark', 'runtime.chanrecv', 'runtime.chanrecv1', 'main.f']],
    ['chan receive', ['runtime.gopark', 'runtime.chanrecv', 'runtime.chanrecv2', 'main.f']],
    ['select', ['runtime.gopark', 'runtime.selectgo', 'main.f']],
    ['select (no cases)', ['runtime.gopark', 'runtime.block', 'main.f']],
    [
      'sync.Mutex.Lock',
      [
        ...['runtime.gopark', 'runtime.goparkunlock', 'runtime.semacquire1', 'internal/sync.runtime_SemacquireMutex'],
        ...['internal/sync.(*Mutex).lockSlow', 'internal/sync.(*Mutex).Lock', 'sync.(*Mutex).Lock', 'main.f'],
      ],
    ],
    [
      'sync.Mutex.Lock',
      [
        'runtime.gopark',
        'runtime.goparkunlock',
        'runtime.semacquire1',
        'sync.runtime_SemacquireMutex',
        'sync.(*Mutex).lockSlow',
        'main.f',
      ],
    ],
    [
      'sync.RWMutex.Lock',
      [
        'runtime.gopark',
        'runtime.goparkunlock',
        'runtime.semacquire1',
        'sync.runtime_SemacquireRWMutex',
        'sync.(*RWMutex).Lock',
        'main.f',
      ],
    ],
    [
      'sync.RWMutex.RLock',
      [
        'runtime.gopark',
        'runtime.goparkunlock',
        'runtime.semacquire1',
        'sync.runtime_SemacquireRWMutexR',
        'sync.(*RWMutex).RLock',
        'main.f',
      ],
    ],
    [
      'sync.WaitGroup.Wait',
      [
        'runtime.gopark',
        'runtime.goparkunlock',
        'runtime.semacquire1',
        'sync.runtime_SemacquireWaitGroup',
        'sync.(*WaitGroup).Wait',
        'main.f',
      ],
    ],
    [
      'sync.WaitGroup.Wait',
      [
        'runtime.gopark',
        'runtime.goparkunlock',
        'runtime.semacquire1',
        'sync.runtime_Semacquire',
        'sync.(*WaitGroup).Wait',
        'main.f',
      ],
    ],
    [
      'semacquire',
      ['runtime.gopark', 'runtime.goparkunlock', 'runtime.semacquire1', 'sync.runtime_Semacquire', 'main.f'],
    ],
    [
      'sync.Cond.Wait',
      ['runtime.gopark', 'runtime.goparkunlock', 'sync.runtime_notifyListWait', 'sync.(*Cond).Wait', 'main.f'],
    ],
    ['IO wait', ['runtime.gopark', 'runtime.netpollblock', 'internal/poll.runtime_pollWait', 'net.(*netFD).Read']],
    ['sleep', ['runtime.gopark', 'time.Sleep', 'main.f']],
    ['coroutine', ['runtime.coroswitch', 'iter.Pull[…].func1', 'main.f']],
    ['syscall', ['syscall.Syscall6', 'syscall.wait4', 'os.(*Process).Wait']],
    ['syscall', ['internal/runtime/syscall.Syscall6', 'syscall.RawSyscall6']],
    ['parked', ['runtime.gopark', 'runtime.gcBgMarkWorker']],
    ['running', ['main.f', 'main.main']],
    ['running', []],
  ] as const)('says %s', (state, names) => expect(waitStateOf(stackOf(...names))).toBe(state));

  it('reads the leaf only: a channel further up is another function', () => {
    expect(waitStateOf(stackOf('main.chansend', 'runtime.chansend1'))).toBe('running');
  });
});

it('knows which waits only another goroutine can end', () => {
  expect(mayWaitForever('chan send')).toBe(true);
  expect(mayWaitForever('sync.RWMutex.RLock')).toBe(true);
  for (const state of ['IO wait', 'sleep', 'syscall', 'coroutine', 'running'] as const)
    expect(mayWaitForever(state)).toBe(false);
});
