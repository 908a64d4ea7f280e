import { type Labels, makeLabels } from '../model/labels.ts';
import { parseProfileType } from '../model/profile-type.ts';
import type { Source } from './connection.ts';
import type { SeriesQuery } from './profile-store.ts';
import { readRows } from './row-binary.ts';
import { checkPatterns, labelValue, matchingSeries, VIRTUAL_LABELS } from './selection.ts';
import { type Sql, sql, strings } from './sql.ts';

/** Ids of the profile types of matching series, sorted. Throws badSelector. */
export async function readProfileTypes(source: Source, query: SeriesQuery): Promise<readonly string[]> {
  return readTexts(source, query, (matching) => {
    return sql`SELECT DISTINCT profile_type AS text FROM leakscope.series WHERE ${matching} ORDER BY text`;
  });
}

/** Label names of matching series with the virtual ones, sorted. Throws badSelector. */
export async function readLabelNames(source: Source, query: SeriesQuery): Promise<readonly string[]> {
  return readTexts(source, query, (matching) => {
    return sql`
      SELECT DISTINCT arrayJoin(arrayConcat(mapKeys(labels), ['service_name'], ${strings(VIRTUAL_LABELS)})) AS text
      FROM leakscope.series WHERE ${matching} ORDER BY text`;
  });
}

/** Values of one label, virtual ones too, sorted and without the empty one. Throws badSelector. */
export async function readLabelValues(source: Source, query: SeriesQuery, name: string): Promise<readonly string[]> {
  return readTexts(source, query, (matching) => {
    return sql`
      SELECT DISTINCT ${labelValue(name)} AS text FROM leakscope.series
      WHERE ${matching} AND text != '' ORDER BY text`;
  });
}

/** Distinct label sets with the virtual labels, cut down to `labelNames` (all when empty). */
export async function readSeries(
  source: Source,
  query: SeriesQuery,
  labelNames: readonly string[],
): Promise<readonly Labels[]> {
  await checkPatterns(source, query);
  const kept = labelNames.length === 0 ? sql`labels` : sql`mapFilter((k, v) -> k IN ${strings(labelNames)}, labels)`;
  const withType = labelNames.length === 0 || VIRTUAL_LABELS.some((name) => labelNames.includes(name));
  const rows = await source.select(sql`
    SELECT DISTINCT ${withType ? sql`toString(profile_type)` : sql`''`} AS type, toString(service) AS of_service, ${kept} AS kept_labels
    FROM leakscope.series WHERE ${matchingSeries(query)}
    ORDER BY of_service, type, toString(kept_labels)`);
  const wanted = (name: string): boolean => labelNames.length === 0 || labelNames.includes(name);
  const distinct = new Map<string, Labels>();
  for (const entries of readRows(rows, (row) => allEntries(row.string(), row.string(), row.map()))) {
    const labels = makeLabels(entries.filter(([name]) => wanted(name)));
    distinct.set(JSON.stringify(labels), labels);
  }
  return [...distinct.values()];
}

function allEntries(type: string, service: string, labels: [string, string][]): [string, string][] {
  const entries: [string, string][] = [...labels, ['service_name', service]];
  if (type === '') return entries;
  const { id, name, sampleType, sampleUnit, periodType, periodUnit } = parseProfileType(type);
  const values = [id, name, sampleType, sampleUnit, periodType, periodUnit];
  VIRTUAL_LABELS.forEach((label, i) => {
    entries.push([label, values[i] ?? '']);
  });
  return entries;
}

async function readTexts(
  source: Source,
  query: SeriesQuery,
  statement: (matching: Sql) => Sql,
): Promise<readonly string[]> {
  await checkPatterns(source, query);
  const rows = await source.select(statement(matchingSeries(query)));
  return readRows(rows, (row) => row.string());
}
