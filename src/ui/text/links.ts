import { parseProfileType } from '../../model/profile-type.ts';

/** Where Explore shows one service and type; `version` and `range` narrow it. */
export interface ExploreTarget {
  readonly service: string;
  readonly type?: string | undefined;
  readonly version?: string | null;
  readonly range?: { readonly fromMs: number; readonly untilMs: number };
}

export function exploreHref({ service, type, version, range }: ExploreTarget): string {
  const query = new URLSearchParams({ service });
  if (type !== undefined) query.set('type', type);
  if (version !== undefined && version !== null) query.set('q', `version=${JSON.stringify(version)}`);
  if (range !== undefined) {
    query.set('from', String(Math.floor(range.fromMs)));
    query.set('until', String(Math.ceil(range.untilMs)));
  }
  return `/explore?${query}`;
}

export function caseHref(id: string): string {
  return `/leaks/${encodeURIComponent(id)}`;
}

/** Of the ids that a service sends, the one with this sample type; undefined where it sends none. */
export function typeWith(sampleType: 'goroutine' | 'inuse_space', ids: readonly string[]): string | undefined {
  return ids.find((id) => parseProfileType(id).sampleType === sampleType);
}
