import type { FrameRole, SourcePoint } from '../../model/finding.ts';
import type { Frame, Stack, StackId, Stacks } from '../../model/stack.ts';
import { enclosingFunction, ownModuleOf, packageOf, roleOf } from '../go-frames.ts';
import { THRESHOLDS } from './thresholds.ts';
import { mayWaitForever, type WaitState, waitStateOf } from './wait-state.ts';

/** What one stack says by itself, read once a judgement. */
export interface StackFacts {
  readonly id: StackId;
  readonly stack: Stack;
  readonly roles: readonly FrameRole[];
  /** Index of the frame that a goroutine site is named after: the first below runtime, sync and internal. */
  readonly siteFrame: number;
  /** Index of the first frame of own code, else of a dependency, else of the site. */
  readonly culpritFrame: number;
  readonly waitState: WaitState;
  /** Entry function of the goroutine. */
  readonly root: string;
  readonly hasOwnRoot: boolean;
  /** Own functions on the stack, closures counted as the function they stand in, without those that are everywhere. */
  readonly userFunctions: ReadonlySet<string>;
  readonly hasOwnCode: boolean;
  /** Profiling client, runtime system goroutine, main goroutine, pseudo-stack: part of no site. */
  readonly isExcluded: boolean;
}

/** Facts of every stack of a service. */
export function readStacks(stacks: Stacks): ReadonlyMap<StackId, StackFacts> {
  const ownModule = ownModuleOf([...stacks.values()].flat());
  const facts = new Map<StackId, StackFacts>();
  for (const [id, stack] of stacks) facts.set(id, readStack(id, stack, ownModule));
  return withoutUbiquitous(facts);
}

function readStack(id: StackId, stack: Stack, ownModule: string | undefined): StackFacts {
  const roles = stack.map((frame) => roleOf(frame, ownModule));
  const site = stack.findIndex((frame) => !isPlumbing(frame));
  const siteFrame = Math.max(site, 0);
  const culprit = roles.indexOf('own');
  const dependency = roles.indexOf('dependency');
  const rootFrame = roles.findLastIndex((role) => role !== 'runtime');
  const own = stack.filter((_, i) => roles[i] === 'own').map((frame) => enclosingFunction(frame.function));
  return {
    id,
    stack,
    roles,
    siteFrame,
    culpritFrame: culprit !== -1 ? culprit : dependency !== -1 ? dependency : siteFrame,
    waitState: waitStateOf(stack),
    root: stack[rootFrame]?.function ?? '',
    hasOwnRoot: roles[rootFrame] === 'own',
    userFunctions: new Set(own.filter((name) => name !== 'main.main')),
    hasOwnCode: culprit !== -1,
    isExcluded: site === -1 || stack.some(isProfilingClient),
  };
}

/** Runtime, synchronisation and internals, and `time.Sleep`: what a goroutine waits in, not where. */
function isPlumbing(frame: Frame): boolean {
  const path = packageOf(frame.function);
  return (
    path === '' ||
    path === 'runtime' ||
    path === 'sync' ||
    path === 'internal' ||
    frame.function === 'time.Sleep' ||
    path.startsWith('internal/') ||
    path.startsWith('runtime/internal/')
  );
}

const CLIENTS = /^github\.com\/(grafana\/pyroscope-go|pyroscope-io\/client|pyroscope-io\/godeltaprof)(\/|$)/;

/** `TagWrapper` runs the caller's code under a frame of the client. */
function isProfilingClient(frame: Frame): boolean {
  return CLIENTS.test(packageOf(frame.function)) && !/\.TagWrapper(\.|$)/.test(frame.function);
}

/** Middleware and main loops are on every stack: that two sites share them says nothing. */
function withoutUbiquitous(facts: Map<StackId, StackFacts>): ReadonlyMap<StackId, StackFacts> {
  const counted = [...facts.values()].filter((fact) => fact.hasOwnCode && !fact.isExcluded);
  if (counted.length < THRESHOLDS.ubiquitousStacks) return facts;
  const counts = new Map<string, number>();
  for (const fact of counted) for (const name of fact.userFunctions) counts.set(name, (counts.get(name) ?? 0) + 1);
  const isEverywhere = (name: string) => (counts.get(name) ?? 0) > THRESHOLDS.ubiquitousShare * counted.length;
  for (const fact of counted) {
    const userFunctions = new Set([...fact.userFunctions].filter((name) => !isEverywhere(name)));
    if (userFunctions.size < fact.userFunctions.size) facts.set(fact.id, { ...fact, userFunctions });
  }
  return facts;
}

/** True for a goroutine that is parked, is not the main goroutine, and does not run or sit in a system call. */
export function isParkedGoroutine(facts: StackFacts): boolean {
  const { stack, waitState } = facts;
  return (
    !facts.isExcluded &&
    waitState !== 'running' &&
    waitState !== 'syscall' &&
    stack.at(-1)?.function !== 'runtime.main' &&
    facts.root !== 'main.main'
  );
}

/** The HTTP client's writer of a connection: it mirrors the reader beside it, and is never a finding. */
export function isMirror(facts: StackFacts): boolean {
  return facts.root === 'net/http.(*persistConn).writeLoop';
}

/** True where only another goroutine can end the wait. */
export function waitsForever(facts: StackFacts): boolean {
  return mayWaitForever(facts.waitState);
}

/** The place of a frame as findings give it; empty for none. */
export function sourcePoint(frame: Frame | undefined): SourcePoint {
  return { function: frame?.function ?? '', file: frame?.file ?? '', line: frame?.line ?? 0 };
}
