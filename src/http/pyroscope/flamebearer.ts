import type { Flame } from '../../analysis/flame.ts';
import type { ProfileType } from '../../model/profile-type.ts';
import { NS_PER_MS, type TimeRange } from '../../model/time-range.ts';
import type { TimelineSeries } from '../../store/profile-store.ts';

/** The JSON document of `/pyroscope/render`, which Pyroscope's viewers read. */
export interface Flamebearer {
  readonly version: 1;
  readonly flamebearer: Pick<Flame, 'names' | 'levels' | 'maxSelf'> & { readonly numTicks: number };
  readonly metadata: {
    readonly format: 'single';
    readonly spyName: string;
    readonly sampleRate: number;
    readonly units: string;
    readonly name: string;
  };
  readonly timeline: FlamebearerTimeline;
  readonly groups: Readonly<Record<string, FlamebearerTimeline>> | null;
  readonly heatmap: null;
}

export interface FlamebearerTimeline {
  /** s since the epoch. */
  readonly startTime: number;
  /** Every `durationDelta` seconds; 0 where there was no profile. */
  readonly samples: readonly number[];
  readonly durationDelta: number;
  readonly watermarks: null;
}

const OBJECT_SAMPLE_TYPES = ['inuse_objects', 'alloc_objects', 'goroutine', 'samples'];

export function flamebearerOf(
  flame: Flame,
  type: ProfileType,
  timeline: FlamebearerTimeline,
  groups: Readonly<Record<string, FlamebearerTimeline>> | null,
): Flamebearer {
  const { names, levels, total, maxSelf } = flame;
  return {
    version: 1,
    flamebearer: { names, levels, numTicks: total, maxSelf },
    metadata: { format: 'single', spyName: '', ...unitsOf(type), name: type.sampleType },
    timeline,
    groups,
    heatmap: null,
  };
}

/** Lays points that are `from + k * step` out in a row, one sample for every whole step of the range. */
export function flamebearerTimeline(
  series: TimelineSeries | undefined,
  range: TimeRange,
  stepS: number,
): FlamebearerTimeline {
  const fromMs = Number(range.fromNs / NS_PER_MS);
  const stepMs = stepS * 1000;
  const firstStep = Math.floor(fromMs / stepMs);
  const lastStep = Math.floor(Number(range.untilNs / NS_PER_MS) / stepMs);
  const samples = new Array<number>(lastStep - firstStep).fill(0);
  series?.timesMs.forEach((timeMs, i) => {
    const at = Math.round((timeMs - fromMs) / stepMs);
    if (at >= 0 && at < samples.length) samples[at] = Math.round(series.values[i]!);
  });
  return { startTime: firstStep * stepS, samples, durationDelta: stepS, watermarks: null };
}

function unitsOf(type: ProfileType): { sampleRate: number; units: string } {
  if (type.sampleType === 'cpu') return { sampleRate: 1_000_000_000, units: 'samples' };
  return { sampleRate: 100, units: OBJECT_SAMPLE_TYPES.includes(type.sampleType) ? 'objects' : type.sampleUnit };
}
