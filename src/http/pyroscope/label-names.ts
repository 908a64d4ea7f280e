import { type Labels, makeLabels } from '../../model/labels.ts';

/** Clients say with `Accept: …;allow-utf8-labelnames=true` that they can show names such as `otel.scope.name`. */
export function allowsAnyLabelName(header: Headers): boolean {
  return /;\s*allow-utf8-labelnames\s*=\s*true\b/i.test(header.get('Accept') ?? '');
}

/** The names that every client of Pyroscope can show. */
export function isLegacyLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

/** Label sets without the other names; sets that become equal are one. */
export function withLegacyNames(sets: readonly Labels[]): Labels[] {
  const distinct = new Map<string, Labels>();
  for (const set of sets) {
    const labels = makeLabels(Object.entries(set).filter(([name]) => isLegacyLabelName(name)));
    distinct.set(JSON.stringify(labels), labels);
  }
  return [...distinct.values()];
}
