import { parseProfileType } from '../../model/profile-type.ts';

/** Where Explore shows one service and type; `version` narrows it, `from` is the begin of a range that ends now. */
export interface ExploreTarget {
  readonly service: string;
  readonly type?: string | undefined;
  readonly version?: string | null;
  readonly from?: string;
}

export function exploreHref({ service, type, version, from }: ExploreTarget): string {
  const query = new URLSearchParams({ service });
  if (type !== undefined) query.set('type', type);
  if (version !== undefined && version !== null) query.set('q', `version=${JSON.stringify(version)}`);
  if (from !== undefined) query.set('from', from);
  return `/explore?${query}`;
}

export function caseHref(id: string): string {
  return `/leaks/${encodeURIComponent(id)}`;
}

/** Of the ids that a service sends, the one with this sample type; undefined where it sends none. */
export function typeWith(sampleType: 'goroutine' | 'inuse_space', ids: readonly string[]): string | undefined {
  return ids.find((id) => parseProfileType(id).sampleType === sampleType);
}
