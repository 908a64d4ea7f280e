import { hash64 } from '../base/hash.ts';
import { INSTANCE_LABELS, identityOf, SESSION_LABEL } from '../model/identity.ts';
import { type Labels, makeLabels, seriesIdOf } from '../model/labels.ts';

/** The ids under which the rows of one label set are stored; all derived from the labels alone. */
export interface SeriesIdentities {
  readonly seriesId: bigint;
  /** Snapshots with one such id are averaged over time, and then added over ids. */
  readonly averageId: bigint;
  /** One process lifetime: (instance, version, session). */
  readonly segmentId: bigint;
  readonly instance: string;
  readonly version: string;
  readonly session: string;
}

/** The ids of a label set; equal labels give equal ids in any process, since they are stored. */
export function seriesIdentitiesOf(labels: Labels): SeriesIdentities {
  const identity = identityOf(labels);
  const { instance, version, session } = identity;
  return {
    seriesId: seriesIdOf(labels),
    averageId: seriesIdOf(averagingLabels(labels)),
    segmentId: hash64(`${instance}\u0001${version}\u0001${session}`),
    ...identity,
  };
}

/**
 * A session is one lifetime of a process. Where the instance is known by name, its restarts are one series of
 * snapshots, not several that add up; where only the session tells instances apart, it stays.
 */
function averagingLabels(labels: Labels): Labels {
  const named = INSTANCE_LABELS.some((name) => labels[name] !== undefined);
  if (!named || labels[SESSION_LABEL] === undefined) return labels;
  return makeLabels(Object.entries(labels).filter(([name]) => name !== SESSION_LABEL));
}
