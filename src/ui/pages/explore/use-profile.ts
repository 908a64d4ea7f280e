import { useDeferredValue, useMemo } from 'react';
import { formatPercent } from '../../../base/units.ts';
import { isGauge, parseProfileType } from '../../../model/profile-type.ts';
import { functionOf, pathTo } from '../../flame/call-tree.ts';
import { findFrames, parseFind } from '../../flame/frame-find.ts';
import { frameKey, frameOfKey, functionOfKey } from '../../flame/frame-key.ts';
import { type FrameTip, frameTip, placeOf } from '../../flame/frame-tip.ts';
import { childrenOf } from '../../flame/frame-walk.ts';
import { waitStates } from '../../flame/wait-states.ts';
import { currentQuery, withChange } from '../../state/url.ts';
import type { ViewState } from './explore-state.ts';
import type { FlameModel } from './flame-model.ts';
import { functionRows } from './function-rows.ts';
import type { FrameActions, Inspected } from './inspector.tsx';
import { pointFormat, valueFormat } from './profile-type-text.ts';

/**
 * Everything that the views of one profile share, derived from the answer and the URL. `meanRate` is that of the
 * timeline, of which a frame has its share.
 */
export function useProfile(model: FlameModel, state: ViewState, meanRate: number | undefined) {
  const { tree } = model;
  const focusNode = useMemo(() => (state.focus === null ? 0 : frameOfKey(tree, state.focus)), [tree, state.focus]);
  const selected = useMemo(
    () => (state.selected === null ? undefined : frameOfKey(tree, state.selected)),
    [tree, state.selected],
  );
  const find = useFind(model, state.find);
  const { column, descending } = state.sort;
  const rows = useMemo(
    () => functionRows(model.answer, { column, descending }, find.matches),
    [model.answer, column, descending, find.matches],
  );
  const formats = useFormats(model, meanRate);
  const focus = focusNode ?? 0;
  const focusOn = (node: number) => state.setFocus(node === 0 ? null : frameKey(tree, node));
  const select = (node: number) => state.setSelected(node === 0 ? null : frameKey(tree, node));
  const nodeOfFunction = (name: string) => frameOfKey(tree, name);

  return {
    ...formats,
    focus,
    selected,
    selectedName: state.selected === null ? undefined : functionOfKey(state.selected),
    /** Name of a focused frame that this range does not hold. */
    missing: focusNode === undefined && state.focus !== null ? functionOfKey(state.focus) : undefined,
    find,
    rows,
    focusOn,
    select,
    focusFunction: (name: string) => {
      const node = nodeOfFunction(name);
      if (node !== undefined) focusOn(node);
    },
    selectFunction: (name: string) => {
      const node = nodeOfFunction(name);
      state.setSelected(node === undefined ? name : frameKey(tree, node));
    },
    actionsOf: (node: number) => actionsOf(model, state, node, focusOn),
    actionsOfFunction: (name: string) => {
      const node = nodeOfFunction(name);
      if (node !== undefined) return { ...actionsOf(model, state, node, focusOn), stack: undefined };
      return actionsOfAbsent(state, name);
    },
  };
}

export type Profile = ReturnType<typeof useProfile>;

/** What the find text matches: names for the table, frames for the graph. */
function useFind({ tree, answer }: FlameModel, text: string) {
  const deferred = useDeferredValue(text);
  return useMemo(() => {
    const find = parseFind(deferred);
    if (find === undefined) return NOTHING_FOUND;
    if ('mistake' in find) return { ...NOTHING_FOUND, mistake: find.mistake };
    const frames = findFrames(tree, find.matches);
    const whole = tree.total[0] || 1;
    const functions = answer.functions.name.filter((name) => find.matches(answer.strings[name] ?? '')).length;
    return { matches: find.matches, frames, hits: { functions, share: frames.value / whole }, mistake: undefined };
  }, [tree, answer, deferred]);
}

const NOTHING_FOUND = { matches: undefined, frames: undefined, hits: undefined, mistake: undefined } as const;

const GOROUTINES = new Set(['goroutine', 'goroutines', 'goroutineleak']);

/** Values, tooltips and the inspector's text in the profile's unit. */
function useFormats(model: FlameModel, meanRate: number | undefined) {
  const { profileType } = model.answer;
  return useMemo(() => {
    const formatValue = valueFormat(profileType);
    const formatPoint = pointFormat(profileType);
    const { tree, styles, layout } = model;
    const waits = GOROUTINES.has(parseProfileType(profileType).sampleType) ? waitStates(tree) : undefined;
    const share = (part: number, whole: number) => formatPercent(whole === 0 ? 0 : part / whole);
    const rateFacts = (total: number) => {
      if (meanRate === undefined || isGauge(parseProfileType(profileType))) return [];
      return [{ label: 'Mean rate', value: formatPoint((meanRate * total) / (tree.total[0] || 1)) }];
    };
    const tipOf = (node: number): FrameTip => {
      const facts = rateFacts(tree.total[node] ?? 0);
      const wait = waits?.[node];
      if (wait !== undefined) facts.push({ label: 'Waits in', value: wait });
      return frameTip(tree, styles, node, { value: formatValue, share }, facts);
    };
    const spokenOf = (node: number): string => {
      const parts = [tipOf(node).name, formatValue(tree.total[node] ?? 0)];
      if (node === 0) return parts.join(', ');
      const siblings = childrenOf(tree, layout, tree.parent[node] ?? 0);
      parts.push(`${share(tree.total[node] ?? 0, tree.total[0] ?? 0)} of total`);
      parts.push(`child ${siblings.indexOf(node) + 1} of ${siblings.length}`, `depth ${layout.depth[node]}`);
      return parts.join(', ');
    };
    const tipOfFunction = (name: string): FrameTip => {
      const { functions, strings, total: whole } = model.answer;
      const row = functions.name.findIndex((at) => strings[at] === name);
      const values = { Total: functions.total[row] ?? 0, Self: functions.self[row] ?? 0 };
      const facts = Object.entries(values).map(([label, value]) => {
        return { label, value: value === 0 ? '0' : `${formatValue(value)}, ${share(value, whole)}` };
      });
      const style = styles[functions.name[row] ?? -1];
      // The line is that of the heaviest frame: a function has one for each place where it calls.
      const node = frameOfKey(tree, name);
      const file = strings[functions.file[row] ?? -1] ?? '';
      const source = placeOf(style?.packagePath ?? '', file, node === undefined ? 0 : tree.line[node]!);
      const place = row < 0 ? 'not in this range' : source;
      return { name: style?.short ?? name, place, facts: row < 0 ? [] : facts };
    };
    return { formatValue, tipOf, tipOfFunction, spokenOf };
  }, [model, profileType, meanRate]);
}

/** What the inspector shows: the selected frame, a function that is not drawn, or the focused frame, which may be all. */
export function inspectedOf(profile: Profile): Inspected {
  const { selected, selectedName } = profile;
  if (selected === undefined && selectedName !== undefined) return inspectedFunction(profile, selectedName);
  const node = selected ?? profile.focus;
  return { tip: profile.tipOf(node), spoken: profile.spokenOf(node), actions: profile.actionsOf(node) };
}

/** A function over all its frames. */
export function inspectedFunction(profile: Profile, name: string): Inspected {
  const tip = profile.tipOfFunction(name);
  const spoken = [tip.name, ...tip.facts.map((fact) => `${fact.label} ${fact.value}`)].join(', ');
  return { tip, spoken, actions: profile.actionsOfFunction(name) };
}

function actionsOf(
  { tree }: FlameModel,
  state: ViewState,
  node: number,
  focusOn: (node: number) => void,
): FrameActions {
  const name = functionOf(tree, node);
  const key = node === 0 ? null : frameKey(tree, node);
  return {
    name,
    focus: state.view === 'sandwich' || key === state.focus ? undefined : () => focusOn(node),
    sandwich: node === 0 || isMiddle(state, name) ? undefined : () => state.showSandwich(name),
    find: () => state.setFind(name),
    stack: pathTo(tree, node)
      .slice(1)
      .map((row) => functionOf(tree, row))
      .join('\n'),
    link: linkTo({ focus: key, sel: key }),
  };
}

/** Whether the sandwich on screen is that of `name`. */
function isMiddle(state: ViewState, name: string): boolean {
  return state.view === 'sandwich' && state.sandwich === name;
}

function actionsOfAbsent(state: ViewState, name: string): FrameActions {
  const find = () => state.setFind(name);
  return { name, focus: undefined, sandwich: undefined, find, stack: undefined, link: linkTo({ sel: name }) };
}

function linkTo(change: Readonly<Record<string, string | null>>): string {
  return `${location.origin}${location.pathname}?${withChange(currentQuery(), change)}`;
}
