import { useEffect, useRef, useSyncExternalStore } from 'react';

/**
 * Single-key shortcuts. Those of the parts on screen are registered here, so the map under `?` lists what works and
 * nothing else. They act only while no input has the focus and can be switched off (WCAG 2.1.4).
 */
export interface Shortcut {
  /** `event.key`, or two of them with a space between: `g l`. */
  readonly keys: string;
  readonly what: string;
  readonly group: 'Everywhere' | 'This page' | 'Time' | 'Table' | 'Flame graph';
  readonly run: () => void;
}

const SEQUENCE_MS = 1200;
const OFF_KEY = 'leakscope.shortcuts.off';

let shortcuts: readonly Shortcut[] = [];
let off = localStorage.getItem(OFF_KEY) === '1';
let first = '';
let firstAtMs = 0;
const listeners = new Set<() => void>();

/** Registers a shortcut while the part that calls this is on screen and `enabled`. */
export function useShortcut(
  keys: string,
  what: string,
  run: () => void,
  options: { readonly group?: Shortcut['group']; readonly enabled?: boolean } = {},
): void {
  const { group = 'This page', enabled = true } = options;
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (!enabled) return;
    const shortcut: Shortcut = { keys, what, group, run: () => latest.current() };
    change([...shortcuts, shortcut]);
    return () => change(shortcuts.filter((other) => other !== shortcut));
  }, [keys, what, group, enabled]);
}

export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => shortcuts);
}

export function useShortcutsOff(): [boolean, (off: boolean) => void] {
  const set = (next: boolean) => {
    off = next;
    localStorage.setItem(OFF_KEY, next ? '1' : '0');
    for (const listener of listeners) listener();
  };
  return [useSyncExternalStore(subscribe, () => off), set];
}

/** Key presses to actions; call once. Returns what stops it. */
export function listenForShortcuts(): () => void {
  addEventListener('keydown', onKeyDown);
  return () => removeEventListener('keydown', onKeyDown);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const nowMs = performance.now();
  const sequence = nowMs - firstAtMs < SEQUENCE_MS ? `${first} ${event.key}` : '';
  const shortcut = find(sequence) ?? find(event.key);
  first = shortcut === undefined ? event.key : '';
  firstAtMs = nowMs;
  if (shortcut === undefined || (off && shortcut.keys !== '?' && shortcut.keys !== 'Escape')) return;
  event.preventDefault();
  shortcut.run();
}

/** The part that came on screen last wins. */
function find(keys: string): Shortcut | undefined {
  return shortcuts.findLast((shortcut) => shortcut.keys === keys);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role=menu],[role=listbox],dialog') !== null) return true;
  const isTextInput = target instanceof HTMLInputElement && !['checkbox', 'radio', 'button'].includes(target.type);
  return isTextInput || target instanceof HTMLTextAreaElement || target.isContentEditable;
}

function change(next: readonly Shortcut[]): void {
  shortcuts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
