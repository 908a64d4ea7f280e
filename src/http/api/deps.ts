import type { Judge } from '../../judge/judge.ts';
import type { Queries } from '../../query/queries.ts';
import type { Settings } from '../../settings.ts';
import type { ProfileStore } from '../../store/profile-store.ts';

/** What the routes of `/api/v1` are made of. */
export interface ApiDeps {
  readonly store: Pick<ProfileStore, 'stats'>;
  readonly queries: Queries;
  readonly judge: Pick<Judge, 'judgementOf' | 'judgedAtMs' | 'findings' | 'finding'>;
  readonly settings: Pick<Settings, 'leakMinAgeMs' | 'retentionMs'>;
  /** ms since the epoch. */
  readonly now: () => number;
  readonly version: string;
}
