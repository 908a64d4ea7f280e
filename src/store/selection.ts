import { problem } from '../base/problem.ts';
import { SERVICE_LABEL } from '../model/identity.ts';
import type { Matcher } from '../model/selector.ts';
import type { Source } from './connection.ts';
import { dayOf } from './days.ts';
import type { SeriesQuery } from './profile-store.ts';
import { int64, joinSql, type Sql, sql, string } from './sql.ts';

/** Virtual labels: parts of the profile type, by their position in its id. */
export const VIRTUAL_LABELS = [
  '__profile_type__',
  '__name__',
  '__type__',
  '__unit__',
  '__period_type__',
  '__period_unit__',
] as const;

/** The value of one label of a row of `series`; '' where it has none. */
export function labelValue(name: string): Sql {
  switch (name) {
    case SERVICE_LABEL:
      return sql`service`;
    case '__profile_type__':
      return sql`profile_type`;
    case '__name__':
      return sql`splitByChar(':', profile_type)[1]`;
    case '__type__':
      return sql`splitByChar(':', profile_type)[2]`;
    case '__unit__':
      return sql`splitByChar(':', profile_type)[3]`;
    case '__period_type__':
      return sql`splitByChar(':', profile_type)[4]`;
    case '__period_unit__':
      return sql`splitByChar(':', profile_type)[5]`;
    default:
      return sql`labels[${string(name)}]`;
  }
}

/** Rows of `series` that match and were seen in the range; to the day's first and last profile, not the gaps between. */
export function matchingSeries({ tenant, selector, range }: SeriesQuery): Sql {
  const conditions = [
    sql`tenant = ${string(tenant)}`,
    sql`day >= ${int64(dayOf(range.fromNs))} AND day <= ${int64(dayOf(range.untilNs))}`,
    sql`last_ns >= ${int64(range.fromNs)} AND first_ns <= ${int64(range.untilNs)}`,
    ...selector.map(condition),
  ];
  return joinSql(conditions, sql` AND `);
}

/** Rows of `profiles` of one type that match, in the range. */
export function matchingProfiles(query: SeriesQuery & { readonly profileType: string }): Sql {
  const { tenant, selector, range, profileType } = query;
  const ofService = selector.filter(({ name }) => name === SERVICE_LABEL);
  const conditions = [
    sql`tenant = ${string(tenant)} AND profile_type = ${string(profileType)}`,
    sql`time_ns >= ${int64(range.fromNs)} AND time_ns <= ${int64(range.untilNs)}`,
    ...ofService.map(condition),
  ];
  if (ofService.length < selector.length) {
    conditions.push(sql`series_id IN (
      SELECT series_id FROM leakscope.series
      WHERE ${matchingSeries(query)} AND profile_type = ${string(profileType)})`);
  }
  return joinSql(conditions, sql` AND `);
}

function condition({ name, operator, value }: Matcher): Sql {
  const actual = labelValue(name);
  switch (operator) {
    case '=':
      return sql`${actual} = ${string(value)}`;
    case '!=':
      return sql`${actual} != ${string(value)}`;
    case '=~':
      return sql`match(${actual}, ${string(anchored(value))})`;
    case '!~':
      return sql`NOT match(${actual}, ${string(anchored(value))})`;
  }
}

function anchored(pattern: string): string {
  return `^(?:${pattern})$`;
}

/**
 * Throws badSelector if RE2 cannot compile a pattern. Done ahead of a query, because one over no rows compiles nothing.
 * A pattern is compiled without the anchoring group too, so that brackets in it cannot close that group; behind `[x]?`,
 * because the engine does not give patterns without special characters to RE2 and then passes a stray bracket.
 */
export async function checkPatterns(source: Source, { selector }: SeriesQuery): Promise<void> {
  const patterns = selector.filter(({ operator }) => operator === '=~' || operator === '!~');
  if (patterns.length === 0) return;
  const matches = patterns.map(
    ({ value }) => sql`match('', ${string(ungrouped(value))}), match('', ${string(anchored(value))})`,
  );
  try {
    await source.select(sql`SELECT ${joinSql(matches, sql`, `)}`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason = /, error: ([^:.]*)/.exec(text)?.[1];
    // Anything but RE2's own complaint is no fault of a pattern.
    if (reason === undefined) throw error;
    const isBroken = ({ value }: Matcher): boolean =>
      [ungrouped(value), anchored(value)].some((pattern) => text.includes(`re2: ${pattern}, error: `));
    const { name, value } = patterns.find(isBroken) ?? patterns[0]!;
    const why = `${name}: \`${value}\` is not a regular expression (RE2): ${reason}`;
    throw problem('badSelector', { position: 0, why }, error);
  }
}

function ungrouped(pattern: string): string {
  return `[x]?${pattern}`;
}
