import { useId, useMemo, useState } from 'react';
import { formatExactCount, formatPercent } from '../../../base/units.ts';
import type { Point } from '../../flame/flame-graph.ts';
import { isWithin } from '../../flame/frame-walk.ts';
import { Button } from '../../parts/button.tsx';
import { FindBox } from '../../parts/find-box.tsx';
import { MenuAt, type MenuItem } from '../../parts/menu.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import { Select } from '../../parts/select.tsx';
import { useIsPhone } from '../../state/phone.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { useQueryParam } from '../../state/url.ts';
import { Breadcrumb } from './breadcrumb.tsx';
import { AGGREGATION, type GaugeAggregation, type View, type ViewState } from './explore-state.ts';
import type { FlameModel } from './flame-model.ts';
import { FlameView } from './flame-view.tsx';
import { FunctionTable } from './function-table.tsx';
import { type FrameActions, frameMenu, type Inspected, Inspector } from './inspector.tsx';
import { SandwichView } from './sandwich-view.tsx';
import { StatusLine } from './status-line.tsx';
import { inspectedFunction, inspectedOf, type Profile, useProfile } from './use-profile.ts';
import './profile.css';

const VIEWS: readonly { readonly value: View; readonly label: string }[] = [
  { value: 'table', label: 'Table' },
  { value: 'both', label: 'Both' },
  { value: 'flame', label: 'Flame' },
  { value: 'sandwich', label: 'Sandwich' },
];

export interface ProfileCardProps {
  readonly model: FlameModel;
  readonly state: ViewState;
  /** Mean of the timeline, a second; undefined until it is known. */
  readonly meanRate: number | undefined;
  /** "memory in use of checkout-api, last 1 h" */
  readonly what: string;
  readonly isRefreshing: boolean;
}

/** One profile: function table, flame graph, sandwich, and what the selected frame says. */
export function ProfileCard({ model, state, meanRate, what, isRefreshing }: ProfileCardProps) {
  const profile = useProfile(model, state, meanRate);
  const [menu, setMenu] = useState<{ at: Point; items: readonly MenuItem[] } | null>(null);
  const [sandwichFrame, setSandwichFrame] = useState<Inspected | undefined>();
  const [undrawn, setUndrawn] = useState(0);
  const inspectorId = useId();
  const { view } = state;
  const inspected =
    view !== 'sandwich' || state.sandwich === null
      ? inspectedOf(profile)
      : (sandwichFrame ?? inspectedFunction(profile, state.sandwich));
  useCardShortcuts(profile, state, inspected);
  const label = `Flame graph of ${what}, ${profile.formatValue(model.answer.total)}. ${HOW_TO_WALK}`;
  const onMenu = (at: Point, actions: FrameActions) => setMenu({ at, items: frameMenu(actions) });
  const parts = { model, state, profile, onMenu, describedBy: inspectorId };
  return (
    <>
      <section className="card profile" aria-label="Profile" aria-busy={isRefreshing}>
        <Tools model={model} state={state} profile={profile} />
        {profile.missing !== undefined && (
          <p className="profile-notice" role="status">
            {profile.missing} is not in this range; showing the whole graph.
          </p>
        )}
        {profile.focus !== 0 && hasFlame(view) && (
          <Breadcrumb model={model} focus={profile.focus} onFocus={profile.focusOn} />
        )}
        <div className={`profile-split ${view}`}>
          {view !== 'flame' && <Functions {...parts} />}
          {hasFlame(view) && <Flame {...parts} label={label} onPainted={setUndrawn} />}
          {view === 'sandwich' && (
            <SandwichView
              model={model}
              name={state.sandwich}
              found={profile.find.frames?.names}
              formatValue={profile.formatValue}
              onInspect={setSandwichFrame}
              onSandwich={state.showSandwich}
              onMenu={onMenu}
              actionsOf={profile.actionsOfFunction}
              describedBy={inspectorId}
            />
          )}
        </div>
        <Inspector inspected={inspected} id={inspectorId} />
        <MenuAt label="Frame" items={menu?.items ?? []} point={menu?.at ?? null} onClose={() => setMenu(null)} />
      </section>
      <StatusLine answer={model.answer} undrawn={hasFlame(view) ? undrawn : 0} />
    </>
  );
}

const HOW_TO_WALK = 'Arrow keys move between frames, Enter focuses. The table holds the same data.';

interface PartProps {
  readonly model: FlameModel;
  readonly state: ViewState;
  readonly profile: Profile;
  readonly onMenu: (at: Point, actions: FrameActions) => void;
  /** Id of the inspector's text. */
  readonly describedBy: string;
}

/** The table; in the sandwich a row puts its function in the middle. */
function Functions({ model, state, profile, onMenu }: PartProps) {
  const isSandwich = state.view === 'sandwich';
  const isPhone = useIsPhone();
  return (
    <FunctionTable
      answer={model.answer}
      styles={model.styles}
      rows={profile.rows}
      sort={state.sort}
      onSort={state.setSort}
      selected={isSandwich ? (state.sandwich ?? undefined) : profile.selectedName}
      onSelect={isSandwich ? state.showSandwich : profile.selectFunction}
      onFocus={isSandwich ? state.showSandwich : profile.focusFunction}
      onMenu={(name, at) => onMenu(at, profile.actionsOfFunction(name))}
      formatValue={profile.formatValue}
      wide={state.view === 'table' && !isPhone}
    />
  );
}

function Flame(props: PartProps & { label: string; onPainted: (undrawn: number) => void }) {
  const { model, state, profile, onMenu, ...rest } = props;
  return (
    <div className="flame-box">
      <FlameView
        {...rest}
        tree={model.tree}
        layout={model.layout}
        styles={model.styles}
        focus={profile.focus}
        selected={profile.selected}
        found={profile.find.frames?.names}
        up={state.direction === 'up'}
        formatValue={profile.formatValue}
        tipOf={profile.tipOf}
        onSelect={profile.select}
        onFocus={profile.focusOn}
        onMenu={(node, at) => {
          profile.select(node);
          onMenu(at, profile.actionsOf(node));
        }}
      />
    </div>
  );
}

/** Selects the next (1) or previous (-1) hit by width; what lies outside of the focused frame ends the focus. */
function stepHit({ tree, layout }: FlameModel, profile: Profile, by: 1 | -1): void {
  const frames = profile.find.frames?.frames;
  if (frames === undefined || frames.length === 0) return;
  const at = profile.selected === undefined ? -1 : frames.indexOf(profile.selected);
  const next = at < 0 ? (by === 1 ? 0 : frames.length - 1) : (at + by + frames.length) % frames.length;
  const hit = frames[next] ?? 0;
  if (!isWithin(tree, layout, hit, profile.focus)) profile.focusOn(0);
  profile.select(hit);
}

function Tools({ model, state, profile }: Pick<PartProps, 'model' | 'state' | 'profile'>) {
  const step = (by: 1 | -1) => stepHit(model, profile, by);
  const { hits, mistake } = profile.find;
  useShortcut('n', 'next hit', () => step(1), { enabled: hits !== undefined });
  useShortcut('N', 'previous hit', () => step(-1), { enabled: hits !== undefined });
  return (
    <div className="profile-tools">
      <Segmented label="View" options={VIEWS} value={state.view} onChange={state.setView} />
      <FindBox
        label="Find function or package"
        hint="Substring, /regular expression/, comma = or"
        value={state.find}
        onChange={(text) => state.setFind(text)}
        result={mistake ?? (hits && `${formatExactCount(hits.functions)}, ${formatPercent(hits.share)}`) ?? ''}
        invalid={mistake !== undefined}
        onEnter={(backwards) => step(backwards ? -1 : 1)}
      />
      <span className="grow" />
      <Legend />
      {model.answer.isGauge && (
        <span className="wide-only">
          <AggregationSelect />
        </span>
      )}
      {hasFlame(state.view) && <FlameButtons state={state} profile={profile} />}
    </div>
  );
}

function FlameButtons({ state, profile }: { state: ViewState; profile: Profile }) {
  return (
    <>
      <Button
        pressed={state.direction === 'up'}
        className="wide-only"
        title="Root on top, root at the bottom  i"
        onClick={() => state.setDirection(state.direction === 'up' ? 'down' : 'up')}
      >
        {state.direction === 'up' ? 'Root at bottom' : 'Root on top'}
      </Button>
      <Button
        icon="zoomOut"
        label="Whole graph"
        title="Whole graph  0"
        disabled={profile.focus === 0}
        onClick={() => profile.focusOn(0)}
      />
    </>
  );
}

function hasFlame(view: View): boolean {
  return view === 'both' || view === 'flame';
}

const AGGREGATIONS: readonly { value: GaugeAggregation; label: string; note: string }[] = [
  { value: 'mean', label: 'Mean', note: 'Mean of all snapshots in the range' },
  { value: 'last', label: 'Last', note: 'The newest snapshot of each series' },
  { value: 'max', label: 'Max', note: 'The largest value of each stack' },
];

function AggregationSelect() {
  const [aggregation, setAggregation] = useQueryParam(AGGREGATION);
  return (
    <Select label="Snapshots" options={AGGREGATIONS} value={aggregation} onChange={(value) => setAggregation(value)} />
  );
}

/** Hues tell packages apart, strength tells whose they are. */
const LEGEND_HUES = [250, 172, 296] as const;

function bands(chroma: string): string {
  const share = 100 / LEGEND_HUES.length;
  const stops = LEGEND_HUES.map(
    (hue, at) => `oklch(var(--flame-l) var(${chroma}) ${hue}) ${at * share}% ${(at + 1) * share}%`,
  );
  return `linear-gradient(90deg, ${stops.join(', ')})`;
}

function Legend() {
  const keys = useMemo(
    () =>
      [
        { fill: bands('--flame-c-own'), word: 'Your code' },
        { fill: bands('--flame-c-dep'), word: 'Modules' },
        { fill: 'var(--flame-std)', word: 'Go' },
      ] as const,
    [],
  );
  return (
    <ul className="flame-legend" aria-label="Colours">
      {keys.map(({ fill, word }) => (
        <li key={word}>
          <i style={{ background: fill }} />
          {word}
        </li>
      ))}
    </ul>
  );
}

/** Keys of the card; those of a frame act on the selected one wherever the focus is. */
function useCardShortcuts(profile: Profile, state: ViewState, inspected: Inspected): void {
  const group = 'Flame graph';
  useShortcut('1', 'table', () => state.setView('table'));
  useShortcut('2', 'table and flame graph', () => state.setView('both'));
  useShortcut('3', 'flame graph', () => state.setView('flame'));
  useShortcut('4', 'sandwich', () => state.setView('sandwich'));
  useShortcut('f', 'focus selected frame', () => inspected.actions.focus?.(), { group });
  useShortcut('s', 'sandwich of this function', () => inspected.actions.sandwich?.(), { group });
  useShortcut('0', 'whole graph', () => profile.focusOn(0), { group });
  useShortcut('Backspace', 'previous focus', () => history.back(), { group, enabled: profile.focus !== 0 });
  useShortcut('i', 'root on top, root at bottom', () => state.setDirection(state.direction === 'up' ? 'down' : 'up'), {
    group,
  });
  const clear = () => {
    if (state.find !== '') state.setFind('');
    else if (profile.focus !== 0) profile.focusOn(0);
    else state.setSelected(null);
  };
  useShortcut('Escape', 'clear find, then focus, then selection', clear, { group });
}
