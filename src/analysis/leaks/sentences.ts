import {
  formatByteRate,
  formatBytes,
  formatDuration,
  formatExactCount,
  formatNumber,
  timeUnitOf,
} from '../../base/units.ts';
import type { Message } from '../../model/finding.ts';
import { shortName } from '../go-frames.ts';

/**
 * The sentences that UI, CLI and alerts say alike: key and numbers first, text made from them, so that a translation
 * needs nothing else. A heap profile says who allocated, not who keeps: no sentence says more.
 */
type Params = Message['params'];
type Template = (params: Params) => string;

const TEMPLATES = {
  'headline.leak.goroutines': (p) =>
    `${text(p, 'service')} leaks ${goroutineRate(p)} at one ${text(p, 'waitState')} in ${name(p)}${each(p)}, for ${age(p)}.`,
  'headline.leak.memory': (p) =>
    `${text(p, 'service')} leaks ${byteRate(p)} of memory allocated in ${name(p)}, for ${age(p)}.`,
  'headline.proven': (p) =>
    `${text(p, 'service')} leaks goroutines at one ${text(p, 'waitState')} in ${name(p)}${each(p)}: nothing can wake ${goroutines(p, 'provenGoroutines')}.`,
  'headline.levelledOff': (p) =>
    `${text(p, 'service')} leaked ${goroutines(p, 'goroutinesNow')} at one ${text(p, 'waitState')} in ${name(p)}${each(p)}; growth stopped at ${text(p, 'stoppedAt')}.`,
  'headline.watch.goroutines': (p) =>
    `Goroutines of ${text(p, 'service')} at one ${text(p, 'waitState')} in ${name(p)} have been growing for ${age(p)}, by ${goroutineRate(p)}${each(p)}.`,
  'headline.watch.memory': (p) =>
    `Memory of ${text(p, 'service')} allocated in ${name(p)} has been growing for ${age(p)}, by ${byteRate(p)}.`,
  'lead.goroutines': (p) => [mechanism(p), samePath(p), doubt(p)].filter(Boolean).join(' '),
  'lead.memory': (p) => [allocated(p), doubt(p)].filter(Boolean).join(' '),
} as const satisfies Record<string, Template>;

export type MessageKey = keyof typeof TEMPLATES;

/** A message of a known key; `say` makes its text. */
export function message(key: MessageKey, params: Params): Message {
  return { key, params };
}

/** The sentence of a message; the same params always give the same text. */
export function say(said: Message): string {
  return TEMPLATES[said.key as MessageKey](said.params);
}

/** Wall-clock time for sentences, UTC, to the minute. */
export function clock(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(11, 16)} UTC`;
}

function text(params: Params, key: string): string {
  return String(params[key] ?? '');
}

function number(params: Params, key: string): number {
  return Number(params[key] ?? Number.NaN);
}

function name(params: Params): string {
  return shortName(text(params, 'function'));
}

function age(params: Params): string {
  return formatDuration(number(params, 'ageMs'), { units: 1 });
}

function goroutines(params: Params, key: string): string {
  const count = number(params, key);
  return `${formatExactCount(count)} ${count === 1 ? 'goroutine' : 'goroutines'}`;
}

function goroutineRate(params: Params): string {
  const perSecond = number(params, 'goroutinesPerSecond');
  if (!Number.isFinite(perSecond)) return 'goroutines';
  const unit = timeUnitOf(perSecond);
  return `${formatNumber(perSecond * unit.seconds, { trim: true })} goroutines per ${unit.long}`;
}

/** Memory allocated on the same path, per goroutine; nothing where the two were not joined. */
function each(params: Params): string {
  return params.bytesPerGoroutine == null ? '' : `, about ${formatBytes(number(params, 'bytesPerGoroutine'))} each`;
}

function byteRate(params: Params): string {
  return formatByteRate(number(params, 'bytesPerSecond'), { trim: true });
}

/** What a goroutine in each state waits for that does not come. */
const NEVER: Readonly<Record<string, string>> = {
  'chan send': 'and nothing receives',
  'chan receive': 'and nothing is sent, nor is the channel closed',
  select: 'and none of its cases becomes ready',
  'select (no cases)': 'for ever',
  'sync.Mutex.Lock': 'and do not get the lock',
  'sync.RWMutex.Lock': 'and do not get the lock',
  'sync.RWMutex.RLock': 'and do not get the lock',
  'sync.WaitGroup.Wait': 'and the group is not done',
  'sync.Cond.Wait': 'and nothing signals them',
  semacquire: 'and nothing releases the semaphore',
  'IO wait': 'and the other side neither sends nor closes',
};

function mechanism(params: Params): string {
  const state = text(params, 'waitState');
  const by = params.spawn == null ? '' : ` started by ${shortName(text(params, 'spawn'))}`;
  return `Goroutines${by} wait in ${state} at ${place(params)} ${NEVER[state] ?? 'and more begin than end'}.`;
}

function place(params: Params): string {
  const file = text(params, 'file');
  const line = number(params, 'line');
  const base = file.slice(file.lastIndexOf('/') + 1);
  return base === '' ? text(params, 'siteFunction') : line > 0 ? `${base}:${line}` : base;
}

function samePath(params: Params): string {
  if (params.bytesPerSecond == null && params.bytesPerGoroutine == null) return '';
  const each =
    params.bytesPerGoroutine == null ? '' : `, about ${formatBytes(number(params, 'bytesPerGoroutine'))} per goroutine`;
  const grows =
    number(params, 'bytesPerSecond') > 0
      ? `grows by ${byteRate(params)}`
      : `is ${formatBytes(number(params, 'bytesNow'))} in use`;
  return `Memory allocated on the same path ${grows}${each}.`;
}

function allocated(params: Params): string {
  const now = formatBytes(number(params, 'bytesNow'));
  return `${now} in use were allocated at ${place(params)} and grow by ${byteRate(params)}.`;
}

function doubt(params: Params): string {
  return text(params, 'doubt');
}
