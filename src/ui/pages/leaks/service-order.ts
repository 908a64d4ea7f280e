import type { Verdict } from '../../../model/finding.ts';
import type { Service, Spark } from '../../../wire/api.ts';
import { growthNow } from '../../text/growth.ts';

export type ServiceColumn = 'urgency' | 'name' | 'goroutines' | 'memory' | 'growth' | 'seen';
export interface ServiceSort {
  readonly column: ServiceColumn;
  readonly descending: boolean;
}

export const DEFAULT_SORT: ServiceSort = { column: 'urgency', descending: true };
const COLUMNS: readonly ServiceColumn[] = ['urgency', 'name', 'goroutines', 'memory', 'growth', 'seen'];
const URGENCY: Readonly<Record<Verdict, number>> = { leak: 3, watch: 2, nodata: 1, steady: 0 };

/** `growth:desc`; undefined where it is none. */
export function parseSort(text: string): ServiceSort | undefined {
  const [name, direction] = text.split(':');
  const column = COLUMNS.find((known) => known === name);
  if (column === undefined || (direction !== 'asc' && direction !== 'desc')) return undefined;
  return { column, descending: direction === 'desc' };
}

export function formatSort({ column, descending }: ServiceSort): string {
  return `${column}:${descending ? 'desc' : 'asc'}`;
}

/** A click on a column: its useful direction first, the other one next. */
export function nextSort(sort: ServiceSort, column: ServiceColumn): ServiceSort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: column !== 'name' };
}

/** Services in the order of `sort`; ties by urgency, then by name. */
export function sortServices(services: readonly Service[], sort: ServiceSort): readonly Service[] {
  const sign = sort.descending ? -1 : 1;
  return services.toSorted((a, b) => sign * compare(a, b, sort.column) || -byUrgency(a, b) || byName(a, b));
}

function compare(a: Service, b: Service, column: ServiceColumn): number {
  if (column === 'urgency') return byUrgency(a, b);
  if (column === 'name') return byName(a, b);
  return columnValue(a, column) - columnValue(b, column);
}

/** Services without the value stand below all others. */
function columnValue(service: Service, column: 'goroutines' | 'memory' | 'growth' | 'seen'): number {
  if (column === 'seen') return Date.parse(service.lastSeen);
  if (column === 'goroutines') return latestOf(service.goroutines) ?? -1;
  if (column === 'memory') return latestOf(service.heapBytes) ?? -1;
  if (service.topFinding === null) return -1;
  const { bytesPerSecond, goroutinesPerSecond } = growthNow(service.topFinding);
  return bytesPerSecond?.value ?? goroutinesPerSecond?.value ?? 0;
}

function byUrgency(a: Service, b: Service): number {
  return URGENCY[a.verdict] - URGENCY[b.verdict] || (a.topFinding?.score ?? 0) - (b.topFinding?.score ?? 0);
}

function byName(a: Service, b: Service): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** The last value of a series; null where it has none. */
export function latestOf(spark: Spark | null): number | null {
  return spark?.values.findLast((value) => value !== null) ?? null;
}

/** Services whose name or versions contain `find` (`/…/` is a regular expression); ignores case unless it has a capital. */
export function findServices(services: readonly Service[], find: string): readonly Service[] {
  const matches = matcherOf(find);
  return services.filter((service) => matches(service.name) || service.versions.some(matches));
}

function matcherOf(find: string): (text: string) => boolean {
  const needle = find.trim();
  const flags = /\p{Lu}/u.test(needle) ? '' : 'i';
  const source = /^\/(.+)\/$/.exec(needle)?.[1] ?? needle.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  try {
    const pattern = new RegExp(source, flags);
    return (text) => pattern.test(text);
  } catch (error) {
    // Half-typed expressions match nothing.
    if (error instanceof SyntaxError) return () => false;
    throw error;
  }
}

export function countVerdicts(services: readonly Service[]): Readonly<Record<Verdict, number>> {
  const counts = { leak: 0, watch: 0, steady: 0, nodata: 0 };
  for (const service of services) counts[service.verdict]++;
  return counts;
}
