import { useMemo } from 'react';
import { Problem } from '../../../base/problem.ts';
import { parseProfileType } from '../../../model/profile-type.ts';
import { formatSelector, parseSelector, type Selector } from '../../../model/selector.ts';
import { choiceParam, type QueryParam, textParam, useBadValue, useQueryParam, useUrlState } from '../../state/url.ts';

export type View = 'both' | 'table' | 'flame' | 'sandwich';
export type Direction = 'down' | 'up';
/** How snapshots of a gauge become one profile. */
export type GaugeAggregation = 'mean' | 'last' | 'max';
export type SortColumn = 'function' | 'self' | 'total';

export interface Sort {
  readonly column: SortColumn;
  readonly descending: boolean;
}

export const VIEW = choiceParam<View>('view', ['both', 'table', 'flame', 'sandwich'], 'a view; showing both');
const DIRECTION = choiceParam<Direction>('dir', ['down', 'up'], 'a direction; the root is on top');
export const AGGREGATION = choiceParam<GaugeAggregation>('agg', ['mean', 'last', 'max'], 'known; showing the mean');
/** '' stands for the service's own default. */
export const TYPE: QueryParam<string> = {
  name: 'type',
  fallback: '',
  parse: (text) => orUndefined(() => parseProfileType(text).id),
  format: (id) => id,
  expected: 'a profile type; showing the first of this service',
};
const FIND = textParam('find');
export const SORT: QueryParam<Sort> = {
  name: 'sort',
  fallback: { column: 'self', descending: true },
  parse: parseSort,
  format: (sort) => `${sort.column}:${sort.descending ? 'desc' : 'asc'}`,
  expected: 'a column and a direction; sorting by self',
};

/** `self:desc` */
export function parseSort(text: string): Sort | undefined {
  const [, column, direction] = /^(function|self|total):(asc|desc)$/.exec(text) ?? [];
  return column === undefined ? undefined : { column: column as SortColumn, descending: direction === 'desc' };
}

/** What `q` holds: `version="v2",region=~"eu-.*"`, with or without braces; undefined where it is no selector. */
export function parseMatchers(text: string): Selector | undefined {
  const trimmed = text.trim();
  return orUndefined(() => parseSelector(trimmed.startsWith('{') ? trimmed : `{${trimmed}}`));
}

/** What `read` gives, undefined where it says that the text is wrong. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** As `q` has it: without braces, '' for none. */
export function formatMatchers(matchers: Selector): string {
  return formatSelector(matchers).replace(/^\{(.*)\}$/s, '$1');
}

/** Which profiles: everything that a question to the server holds but the range. */
export interface Selection {
  readonly service: string;
  readonly type: string;
  readonly matchers: Selector;
}

/** The page's matchers from the URL; a bad `q` shows a notice and counts as none. */
export function useMatchers(): readonly [Selector, (matchers: Selector) => void] {
  const url = useUrlState();
  const text = url.get('q');
  const parsed = useMemo(() => (text === null ? [] : parseMatchers(text)), [text]);
  useBadValue('q', parsed === undefined ? text : null, 'a label filter; showing all series');
  const set = (matchers: Selector) => url.set({ q: matchers.length === 0 ? null : formatMatchers(matchers) });
  return [parsed ?? NO_MATCHERS, set];
}

const NO_MATCHERS: Selector = [];

/** The parameters that say how a profile is looked at. */
export function useViewState() {
  const url = useUrlState();
  const [view, setView] = useQueryParam(VIEW);
  const [direction, setDirection] = useQueryParam(DIRECTION);
  const [find, setFind] = useQueryParam(FIND);
  const [sort, setSort] = useQueryParam(SORT);
  return {
    view,
    setView,
    direction,
    setDirection,
    find,
    setFind,
    sort,
    setSort,
    /** Keys of frames, see flame/frame-key.ts; null is the root, or nothing. */
    focus: url.get('focus'),
    setFocus: (key: string | null) => url.set({ focus: key }),
    selected: url.get('sel'),
    setSelected: (key: string | null) => url.set({ sel: key }),
    /** The function in the middle of the sandwich. */
    sandwich: url.get('fn'),
    showSandwich: (name: string) => url.set({ view: 'sandwich', fn: name }),
  };
}

export type ViewState = ReturnType<typeof useViewState>;
