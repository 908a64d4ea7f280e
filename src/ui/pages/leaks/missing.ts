import type { Service } from '../../../wire/api.ts';
import { typeWith } from '../../text/links.ts';

const CHECKLIST_MS = 3_600_000;

export interface MissingInput {
  readonly what: string;
  readonly why: string;
}

/** What a service does not send that the verdict needs; said for the first hour only. */
export function missingOf(service: Service, nowMs: number): readonly MissingInput[] {
  if (nowMs - Date.parse(service.firstSeen) > CHECKLIST_MS) return [];
  const missing: MissingInput[] = [];
  if (typeWith('goroutine', service.profileTypes) === undefined)
    missing.push({ what: 'goroutine profile', why: 'Without it goroutine leaks cannot be found.' });
  if (typeWith('inuse_space', service.profileTypes) === undefined)
    missing.push({ what: 'heap profile', why: 'Without in-use space memory leaks cannot be found.' });
  if (service.versions.length === 0)
    missing.push({ what: 'version label', why: 'Without a label `version` a fix cannot be confirmed by version.' });
  return missing;
}
