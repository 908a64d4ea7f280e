import {
  formatByteRate,
  formatBytes,
  formatDuration,
  formatExactCount,
  formatInterval,
  formatNumber,
  timeUnitOf,
} from '../../../base/units.ts';
import type { Message } from '../../../model/finding.ts';
import { shortName } from '../../go-frames.ts';

/**
 * The sentences that UI, CLI and alerts say alike: key and numbers first, text made from them, so that a translation
 * needs nothing else. A heap profile says who allocated, not who keeps: no sentence says more.
 */
type Params = Message['params'];
type Template = (params: Params) => string;

const TEMPLATES = {
  'headline.leak.goroutines': (p) =>
    `${text(p, 'service')} ${leaks(p)} ${goroutineRate(p)} at one ${text(p, 'waitState')} in ${name(p)}${each(p)}, for ${age(p)}.`,
  'headline.leak.memory': (p) =>
    `${text(p, 'service')} ${leaks(p)} ${byteRate(p)} allocated in ${name(p)}, for ${age(p)}.`,
  'headline.proven': (p) =>
    `${text(p, 'service')} ${leaks(p)} goroutines at one ${text(p, 'waitState')} in ${name(p)}${each(p)}: nothing ${p.until == null ? 'can' : 'could'} wake ${goroutines(p, 'provenGoroutines')}${until(p)}.`,
  'headline.levelledOff': (p) =>
    `${text(p, 'service')} leaked ${goroutines(p, 'goroutinesNow')} at one ${text(p, 'waitState')} in ${name(p)}${each(p)}; growth stopped at ${text(p, 'stoppedAt')}.`,
  'headline.watch.goroutines': (p) =>
    `Goroutines of ${text(p, 'service')} at one ${text(p, 'waitState')} in ${name(p)} ${p.until == null ? 'have been growing' : 'grew'} for ${age(p)}, by ${goroutineRate(p)}${each(p)}.`,
  'headline.watch.memory': (p) =>
    `Memory of ${text(p, 'service')} allocated in ${name(p)} ${p.until == null ? 'has been growing' : 'grew'} for ${age(p)}${by(p)}.`,
  'lead.goroutines': (p) => [mechanism(p), samePath(p), doubt(p)].filter(Boolean).join(' '),
  'lead.memory': (p) => [allocated(p), doubt(p)].filter(Boolean).join(' '),
} as const satisfies Record<string, Template>;

export type MessageKey = keyof typeof TEMPLATES;

/** A message; `say` makes its text. */
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

/** With the end, where no more profiles come. */
function age(params: Params): string {
  return formatDuration(number(params, 'ageMs'), { units: 1 }) + until(params);
}

function until(params: Params): string {
  return params.until == null ? '' : ` until ${text(params, 'until')}`;
}

function leaks(params: Params): string {
  return params.until == null ? 'leaks' : 'leaked';
}

function goroutines(params: Params, key: string): string {
  const count = number(params, key);
  return `${formatExactCount(count)} ${count === 1 ? 'goroutine' : 'goroutines'}`;
}

/** Two digits: what is counted twice a second must not read now `1 per second`, now `59.8 per minute`. */
function goroutineRate(params: Params): string {
  const perSecond = rounded(number(params, 'goroutinesPerSecond'));
  if (!(perSecond > 0)) return 'goroutines';
  const unit = timeUnitOf(perSecond);
  const count = formatNumber(rounded(perSecond * unit.seconds), { trim: true });
  return `${count} ${count === '1' ? 'goroutine' : 'goroutines'} per ${unit.long}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

/** Memory allocated on the same path, per goroutine; nothing where the two were not joined. */
function each(params: Params): string {
  const size = sizeEach(params);
  return size === '' ? '' : `, ${size} each`;
}

/** About one value where that is certain, else the two ends of the interval. */
function sizeEach(params: Params): string {
  if (params.bytesPerGoroutine == null) return '';
  if (params.bytesPerGoroutineLow == null) return `about ${formatBytes(number(params, 'bytesPerGoroutine'))}`;
  const ends = [number(params, 'bytesPerGoroutineLow'), number(params, 'bytesPerGoroutineHigh')] as const;
  return formatInterval(...ends, (bytes) => formatBytes(bytes, { trim: true })).replace('\u2013', ' to ');
}

function byteRate(params: Params): string {
  return number(params, 'bytesPerSecond') > 0 ? `${hourly(params)} of memory` : 'memory';
}

function by(params: Params): string {
  return number(params, 'bytesPerSecond') > 0 ? `, by ${hourly(params)}` : '';
}

function hourly(params: Params): string {
  return formatByteRate(number(params, 'bytesPerSecond'), { trim: true });
}

/** What does not come, for goroutines that stay in a wait; a timer may end the others, or a peer. */
const NEVER: Readonly<Record<string, string>> = {
  'chan send': 'and nothing receives',
  'select (no cases)': 'for ever',
  'sync.Mutex.Lock': 'and do not get the lock',
  'sync.RWMutex.Lock': 'and do not get the lock',
  'sync.RWMutex.RLock': 'and do not get the lock',
  'sync.WaitGroup.Wait': 'and the group is not done',
  'sync.Cond.Wait': 'and nothing signals them',
  semacquire: 'and nothing releases the semaphore',
};

function mechanism(params: Params): string {
  const by = params.spawn == null ? '' : ` started by ${shortName(text(params, 'spawn'))}`;
  const more =
    params.stuck === 1 ? ` ${NEVER[text(params, 'waitState')] ?? 'and stay there'}` : ', and more come than go';
  return `Goroutines${by} ${waiting(params)} at ${place(params)}${more}.`;
}

function waiting(params: Params): string {
  const wait = params.until == null ? 'wait' : 'waited';
  const state = text(params, 'waitState');
  if (state !== 'IO wait') return `${wait} in ${state}`;
  if (params.direction === 'read') return `${wait} to read from the network`;
  return params.direction === 'write' ? `${wait} to write to the network` : `${wait} for the network`;
}

function place(params: Params): string {
  const file = text(params, 'file');
  const line = number(params, 'line');
  const base = file.slice(file.lastIndexOf('/') + 1);
  return base === '' ? text(params, 'siteFunction') : line > 0 ? `${base}:${line}` : base;
}

function samePath(params: Params): string {
  if (params.bytesPerSecond == null && params.bytesPerGoroutine == null) return '';
  const size = sizeEach(params);
  const grows =
    number(params, 'bytesPerSecond') > 0 ? growsBy(params) : `is ${formatBytes(number(params, 'bytesNow'))} in use`;
  return `Memory allocated on the same path ${grows}${size === '' ? '' : `, ${size} per goroutine`}.`;
}

function growsBy(params: Params): string {
  return `${params.until == null ? 'grows' : 'grew'} by ${hourly(params)}`;
}

function allocated(params: Params): string {
  const now = formatBytes(number(params, 'bytesNow'));
  const grows = number(params, 'bytesPerSecond') > 0 ? `; it ${growsBy(params)}` : '';
  return `${now} in use were allocated at ${place(params)}${grows}.`;
}

function doubt(params: Params): string {
  return text(params, 'doubt');
}
