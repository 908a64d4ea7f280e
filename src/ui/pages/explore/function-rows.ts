import type { CallTreeAnswer } from '../../../wire/api.ts';
import type { Sort } from './explore-state.ts';

/**
 * Rows of the function table as indices into `answer.functions`: those whose name matches, sorted. Functions of equal
 * value stay in the order of the answer.
 */
export function functionRows(
  answer: CallTreeAnswer,
  sort: Sort,
  matches: ((name: string) => boolean) | undefined,
): Uint32Array {
  const { functions, strings } = answer;
  const nameOf = (row: number) => strings[functions.name[row]!] ?? '';
  const rows: number[] = [];
  for (let row = 0; row < functions.name.length; row++) {
    if (matches === undefined || matches(nameOf(row))) rows.push(row);
  }
  const sign = sort.descending ? -1 : 1;
  if (sort.column === 'function') {
    return Uint32Array.from(rows.sort((a, b) => (nameOf(a) === nameOf(b) ? 0 : nameOf(a) < nameOf(b) ? -sign : sign)));
  }
  const values = functions[sort.column];
  return Uint32Array.from(rows).sort((a, b) => sign * (values[a]! - values[b]!) || a - b);
}

/** What a click on a column's head sorts by: largest first for values, then the other way round. */
export function nextSort(sort: Sort, column: Sort['column']): Sort {
  if (sort.column === column) return { column, descending: !sort.descending };
  return { column, descending: column !== 'function' };
}
