import { useEffect, useMemo, useState } from 'react';
import type { CallTree } from '../../../analysis/call-tree.ts';
import { formatPercent } from '../../../base/units.ts';
import { functionOf, pathTo } from '../../flame/call-tree.ts';
import type { Point } from '../../flame/flame-graph.ts';
import { layoutFrames } from '../../flame/flame-layout.ts';
import { type FrameTip, frameTip } from '../../flame/frame-tip.ts';
import { sandwichOf } from '../../flame/sandwich.ts';
import type { FlameModel } from './flame-model.ts';
import { FlameView } from './flame-view.tsx';
import type { FrameActions, Inspected } from './inspector.tsx';

export interface SandwichViewProps {
  readonly model: FlameModel;
  /** Function in the middle; null where none is chosen yet. */
  readonly name: string | null;
  readonly found: Uint8Array | undefined;
  readonly formatValue: (value: number) => string;
  readonly onInspect: (inspected: Inspected | undefined) => void;
  readonly onSandwich: (name: string) => void;
  readonly onMenu: (at: Point, actions: FrameActions) => void;
  readonly actionsOf: (name: string) => FrameActions;
  readonly describedBy: string;
}

/** Callers of a function above, what it calls below. A double click puts another function in the middle. */
export function SandwichView(props: SandwichViewProps) {
  const { model, name, onInspect } = props;
  const sandwich = useMemo(
    () => (name === null ? undefined : sandwichOf(model.tree, model.tree.strings.indexOf(name))),
    [model, name],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another function, nothing inspected
  useEffect(() => () => onInspect(undefined), [sandwich]);
  if (name === null) return <p className="sandwich-none t3">Choose a function in the table, or press s on a frame.</p>;
  if (sandwich === undefined) return <p className="sandwich-none t3">{name} is not drawn in this range.</p>;
  return (
    <div className="sandwich-halves">
      <h3>Callers</h3>
      {sandwich.callers.parent.length > 1 ? (
        <Half {...props} tree={sandwich.callers} up label={`Callers of ${name}`} />
      ) : (
        <p className="sandwich-end t3">No callers: every goroutine that runs it enters here.</p>
      )}
      <h3>{sandwich.callees.parent.length > 1 ? 'Callees' : 'The function; it calls nothing here'}</h3>
      <Half {...props} tree={sandwich.callees} up={false} label={`What ${name} calls`} />
    </div>
  );
}

function Half(props: SandwichViewProps & { tree: CallTree; up: boolean; label: string }) {
  const { model, tree, up, label, formatValue, onInspect } = props;
  const layout = useMemo(() => layoutFrames(tree), [tree]);
  const [selected, setSelected] = useState<{ tree: CallTree; node: number } | null>(null);
  const whole = model.answer.total;
  const tipOf = (node: number): FrameTip => {
    const share = (part: number) => formatPercent(whole === 0 ? 0 : part / whole);
    const tip = frameTip(tree, model.styles, node, { value: formatValue, share });
    // Self of a caller is not its own: the callers' tree only divides the total of the function.
    return up ? { ...tip, facts: tip.facts.filter((fact) => fact.label !== 'Self') } : tip;
  };
  const actionsOf = (node: number): FrameActions => {
    const path = pathTo(tree, node).map((row) => functionOf(tree, row));
    const stack = (up ? path.reverse() : path).join('\n');
    return { ...props.actionsOf(functionOf(tree, node)), focus: undefined, stack };
  };
  const inspect = (node: number) => {
    setSelected({ tree, node });
    const tip = tipOf(node);
    const spoken = `${tip.name}, ${formatValue(tree.total[node] ?? 0)}, depth ${layout.depth[node]}`;
    onInspect({ tip, spoken, actions: actionsOf(node) });
  };
  return (
    <FlameView
      tree={tree}
      layout={layout}
      styles={model.styles}
      focus={0}
      selected={selected?.tree === tree ? selected.node : undefined}
      found={props.found}
      up={up}
      formatValue={formatValue}
      label={`${label}. Arrow keys move between frames, Enter puts the frame's function in the middle.`}
      describedBy={props.describedBy}
      tipOf={tipOf}
      onSelect={inspect}
      onFocus={(node) => props.onSandwich(functionOf(tree, node))}
      onMenu={(node, at) => {
        inspect(node);
        props.onMenu(at, actionsOf(node));
      }}
    />
  );
}
