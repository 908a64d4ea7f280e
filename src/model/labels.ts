import { hash64 } from '../base/hash.ts';

/** Label name -> value, made by `makeLabels`: sorted by name, no empty values, frozen. */
export type Labels = Readonly<Record<string, string>>;

/** Sorted, frozen copy of `entries` without empty values. Later entries win over earlier ones of the same name. */
export function makeLabels(entries: Iterable<readonly [string, string]>): Labels {
  const byName = new Map<string, string>();
  for (const [name, value] of entries) {
    if (value === '') byName.delete(name);
    else byName.set(name, value);
  }
  return Object.freeze(Object.fromEntries([...byName].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** 64-bit identity of a label set: equal labels, equal id, in any process and version. */
export function seriesIdOf(labels: Labels): bigint {
  let text = '';
  for (const [name, value] of Object.entries(labels)) text += `${name}\u0001${value}\u0002`;
  return hash64(text);
}
