import {
  type FormatOptions,
  formatBytes,
  formatCores,
  formatCount,
  formatRate,
  formatValue,
  NARROW_SPACE,
} from '../../../base/units.ts';
import { isGauge, type ProfileType, parseProfileType } from '../../../model/profile-type.ts';

/** How a profile type is called and explained on screen. */
export interface ProfileTypeText {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  /** One line for the menu. */
  readonly note: string;
  /** Title of the timeline. */
  readonly timelineTitle: string;
  /** What a range without a value says. */
  readonly zeroTotal: string;
}

const GROUPS = ['Goroutines', 'Memory in use', 'Memory allocated', 'CPU', 'Mutex', 'Block', 'Wall', 'Other'] as const;

type Words = Omit<ProfileTypeText, 'id' | 'group'> & { readonly group: (typeof GROUPS)[number] };

const WORDS: Readonly<Record<string, Words>> = {
  goroutine: {
    group: 'Goroutines',
    label: 'goroutines',
    note: 'All goroutines that exist. Snapshot; shown as mean',
    timelineTitle: 'Goroutines',
    zeroTotal: 'No goroutines were seen in this range.',
  },
  goroutineleak: {
    group: 'Goroutines',
    label: 'goroutines leaked',
    note: 'Goroutines that nothing can wake any more. Snapshot; shown as mean',
    timelineTitle: 'Leaked goroutines',
    zeroTotal: 'No goroutine was found leaked in this range.',
  },
  inuse_space: {
    group: 'Memory in use',
    label: 'memory in use',
    note: 'Bytes live after the last GC, by where they were allocated. Snapshot; shown as mean',
    timelineTitle: 'Memory in use',
    zeroTotal: 'No memory was in use in this range.',
  },
  inuse_objects: {
    group: 'Memory in use',
    label: 'objects in use',
    note: 'Objects live after the last GC. Snapshot; shown as mean',
    timelineTitle: 'Objects in use',
    zeroTotal: 'No objects were in use in this range.',
  },
  alloc_space: {
    group: 'Memory allocated',
    label: 'memory allocated',
    note: 'Bytes allocated in the range, freed or not',
    timelineTitle: 'Allocation rate',
    zeroTotal: 'Nothing was allocated in this range.',
  },
  alloc_objects: {
    group: 'Memory allocated',
    label: 'objects allocated',
    note: 'Objects allocated in the range, freed or not',
    timelineTitle: 'Objects allocated',
    zeroTotal: 'Nothing was allocated in this range.',
  },
  cpu: {
    group: 'CPU',
    label: 'CPU time',
    note: 'Time spent running, sampled 100 times a second',
    timelineTitle: 'CPU',
    zeroTotal: 'No CPU time was sampled in this range.',
  },
  samples: {
    group: 'CPU',
    label: 'CPU samples',
    note: 'How often the CPU profiler found the stack running',
    timelineTitle: 'CPU samples',
    zeroTotal: 'No CPU time was sampled in this range.',
  },
  wall: {
    group: 'Wall',
    label: 'wall time',
    note: 'Time passed, running or waiting',
    timelineTitle: 'Wall time',
    zeroTotal: 'No time was sampled in this range.',
  },
};

const CONTENTION: Readonly<Record<string, { group: 'Mutex' | 'Block'; what: string; why: string }>> = {
  mutex: { group: 'Mutex', what: 'mutex', why: 'others waited for a lock that this code held' },
  block: { group: 'Block', what: 'block', why: 'this code waited on channels, locks and selects' },
};

/** Words for a type id, known or not. */
export function profileTypeText(id: string): ProfileTypeText {
  const type = parseProfileType(id);
  return { id, ...(contention(type) ?? WORDS[wordOf(type)] ?? other(type)) };
}

/** Clients name goroutines `goroutine` or `goroutines`. */
function wordOf(type: ProfileType): string {
  if (type.sampleType === 'goroutines') return 'goroutine';
  return type.name === 'wall' && type.sampleUnit === 'nanoseconds' ? 'wall' : type.sampleType;
}

function contention(type: ProfileType): Words | undefined {
  const kind = CONTENTION[type.name];
  if (kind === undefined || (type.sampleType !== 'contentions' && type.sampleType !== 'delay')) return undefined;
  const isDelay = type.sampleType === 'delay';
  const measured = isDelay ? 'How long' : 'How often';
  return {
    group: kind.group,
    label: `${kind.what} ${isDelay ? 'delay' : 'contentions'}`,
    note: `${measured} ${kind.why}`,
    timelineTitle: `${kind.group} ${isDelay ? 'delay' : 'contentions'}`,
    zeroTotal: 'No contention was recorded in this range.',
  };
}

function other(type: ProfileType): Words {
  const label = `${type.name} ${type.sampleType}`.replaceAll('_', ' ');
  const note = isGauge(type) ? 'Snapshot; shown as mean' : 'Summed over the range';
  return { group: 'Other', label, note, timelineTitle: label, zeroTotal: 'Nothing was recorded in this range.' };
}

/** Types in the order of the menu: by group, then in-use before objects as listed above. */
export function sortProfileTypes(ids: Iterable<string>): ProfileTypeText[] {
  const order = Object.keys(WORDS);
  const rank = (text: ProfileTypeText) => {
    const at = order.indexOf(wordOf(parseProfileType(text.id)));
    return GROUPS.indexOf(text.group as (typeof GROUPS)[number]) * 100 + (at < 0 ? 99 : at);
  };
  return Array.from(ids, profileTypeText).sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

/** What Explore shows when the URL names no type: memory in use, goroutines, CPU, or the first there is. */
export function defaultProfileType(ids: readonly string[]): string | undefined {
  const sorted = sortProfileTypes(ids);
  for (const wanted of ['inuse_space', 'goroutine', 'cpu']) {
    const found = sorted.find((text) => wordOf(parseProfileType(text.id)) === wanted);
    if (found !== undefined) return found.id;
  }
  return sorted[0]?.id;
}

/** Formats a value of the type's unit. */
export function valueFormat(id: string): (value: number) => string {
  const { sampleUnit } = parseProfileType(id);
  return (value) => formatGauge(value, sampleUnit);
}

/** Means of few goroutines or objects have two decimals; below that they are hardly ever there. */
function formatGauge(value: number, unit: string, options: FormatOptions = {}): string {
  const isCount = unit !== 'bytes' && unit !== 'nanoseconds';
  if (!isCount || value >= 10 || value < 0 || Number.isInteger(value)) return formatValue(value, unit, options);
  if (value < LEAST_MEAN) return `<${NARROW_SPACE}${LEAST_MEAN}`;
  return options.trim === true ? String(Number(value.toFixed(2))) : value.toFixed(2);
}

const LEAST_MEAN = 0.01;

/** Formats a point of the timeline: the value itself for a gauge, a rate per second else. */
export function pointFormat(id: string): (value: number, options?: FormatOptions) => string {
  const type = parseProfileType(id);
  if (isGauge(type)) return (value, options) => formatGauge(value, type.sampleUnit, options);
  if (type.sampleUnit === 'bytes') return (value, options) => `${formatBytes(value, options)}/s`;
  if (type.sampleUnit === 'nanoseconds') return formatCores;
  return (value, options) => (value >= 100 ? `${formatCount(value, options)}/s` : formatRate(value, options));
}
