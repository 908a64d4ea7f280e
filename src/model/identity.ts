import type { Labels } from './labels.ts';

/** Labels that name an instance, the first present wins. */
export const INSTANCE_LABELS = ['pod', 'hostname', 'instance', 'host'] as const;
const VERSION_LABELS = ['version', 'service_version', 'service_git_ref'] as const;
export const SESSION_LABEL = '__session_id__';
export const SERVICE_LABEL = 'service_name';

/** Which running process a series comes from: instance name (else the session), version and session; '' where unknown. */
export function identityOf(labels: Labels): { instance: string; version: string; session: string } {
  const session = labels[SESSION_LABEL] ?? '';
  const instance = firstOf(labels, INSTANCE_LABELS) ?? session;
  return { instance, version: firstOf(labels, VERSION_LABELS) ?? '', session };
}

function firstOf(labels: Labels, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined) return value;
  }
  return undefined;
}
