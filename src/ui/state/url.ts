import { useEffect, useSyncExternalStore } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { dropNotice, raiseNotice } from './notices.ts';

/**
 * Query parameters as state. What is on screen stands in the URL; parameters that no page knows are kept.
 * A change of page, service, type, range, focus, view or matcher makes a history entry (push), so that Back undoes it;
 * what is typed, sorted or selected replaces the entry, 250 ms after the last change.
 */
export type HistoryMode = 'push' | 'replace';

/** null removes the parameter, a list repeats it. */
export type QueryChange = Readonly<Record<string, string | null | readonly string[]>>;

/** How one parameter is read and written. `fallback` is never written into the URL. */
export interface QueryParam<T> {
  readonly name: string;
  readonly fallback: T;
  /** undefined where the text is no value of this parameter. */
  readonly parse: (text: string) => T | undefined;
  readonly format: (value: T) => string;
  /** Ends the notice "`x=y` is not …"; for instance "a view; showing both". */
  readonly expected: string;
}

const REPLACING = new Set(['find', 'sort', 'sel', 'live']);
const REPLACE_DELAY_MS = 250;

let pending: Record<string, string | null | readonly string[]> = {};
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

/** `search` with `change` applied; parameters not named keep their place and value. */
export function withChange(search: string, change: QueryChange): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) params.delete(name);
    else if (typeof value === 'string') params.set(name, value);
    else {
      params.delete(name);
      for (const one of value) params.append(name, one);
    }
  }
  return readable(params.toString());
}

/** Characters that a query may hold as they are, so that links stay readable. */
function readable(query: string): string {
  return query.replace(/%(?:3A|2C|2F|7E|40)/g, decodeURIComponent);
}

/** Changes query parameters of the current page; `mode` follows the names unless it is given. */
export function changeQuery(change: QueryChange, mode?: HistoryMode): void {
  const how = mode ?? (Object.keys(change).every((name) => REPLACING.has(name)) ? 'replace' : 'push');
  clearTimeout(timer);
  if (how === 'push') {
    const before = currentQuery();
    pending = {};
    const after = withChange(before, change);
    if (after !== before) go(after, false);
    notify();
    return;
  }
  pending = { ...pending, ...change };
  timer = setTimeout(flush, REPLACE_DELAY_MS);
  notify();
}

/** The query string as it will be once delayed changes are written, without `?`. */
export function currentQuery(): string {
  return withChange(location.search, pending);
}

function flush(): void {
  const after = currentQuery();
  pending = {};
  if (after !== withChange(location.search, {})) go(after, true);
}

function go(query: string, replace: boolean): void {
  navigate(location.pathname + (query === '' ? '' : `?${query}`) + location.hash, { replace });
}

function notify(): void {
  for (const listener of listeners) listener();
}

/** A new page or Back makes delayed changes of the old one void. */
function onNavigation(): void {
  clearTimeout(timer);
  pending = {};
  notify();
}

const NAVIGATION_EVENTS = ['popstate', 'pushState', 'replaceState'];

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) for (const name of NAVIGATION_EVENTS) addEventListener(name, onNavigation);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) for (const name of NAVIGATION_EVENTS) removeEventListener(name, onNavigation);
  };
}

export interface UrlState {
  readonly get: (name: string) => string | null;
  readonly getAll: (name: string) => readonly string[];
  readonly set: (change: QueryChange, mode?: HistoryMode) => void;
}

/** All query parameters of the page, as text. */
export function useUrlState(): UrlState {
  const params = new URLSearchParams(useSyncExternalStore(subscribe, currentQuery));
  return { get: (name) => params.get(name), getAll: (name) => params.getAll(name), set: changeQuery };
}

/** One typed parameter. A bad value shows a notice and counts as the fallback. */
export function useQueryParam<T>(param: QueryParam<T>): [T, (value: T, mode?: HistoryMode) => void] {
  const text = useUrlState().get(param.name);
  const parsed = text === null ? param.fallback : param.parse(text);
  useBadValue(param.name, parsed === undefined ? text : null, param.expected);
  const set = (value: T, mode?: HistoryMode) => {
    const written = param.format(value);
    changeQuery({ [param.name]: written === param.format(param.fallback) ? null : written }, mode);
  };
  return [parsed === undefined ? param.fallback : parsed, set];
}

/** Shows "`name=text` is not <expected>." while `text` is not null. */
export function useBadValue(name: string, text: string | null, expected: string): void {
  useEffect(() => {
    if (text === null) return;
    raiseNotice(name, `\`${name}=${text}\` is not ${expected}.`);
    return () => dropNotice(name);
  }, [name, text, expected]);
}

/** A parameter that takes any text. */
export function textParam(name: string, fallback = ''): QueryParam<string> {
  return { name, fallback, parse: (text) => text, format: (value) => value, expected: 'a text' };
}

/** A parameter that takes one of `choices`; the first is the default. */
export function choiceParam<T extends string>(
  name: string,
  choices: readonly [T, ...T[]],
  expected: string,
): QueryParam<T> {
  const parse = (text: string) => choices.find((choice) => choice === text);
  return { name, fallback: choices[0], parse, format: (value) => value, expected };
}
