import { useEffect, useRef, useState } from 'react';
import { FlameGraph, type FlameView as FlameViewModel, type Point } from '../../flame/flame-graph.ts';
import type { FrameTip } from '../../flame/frame-tip.ts';
import { PointTip } from '../../parts/tooltip.tsx';
import { holdLive } from '../../state/live.ts';
import '../../flame/flame.css';

export interface FlameViewProps extends FlameViewModel {
  /** Says type, service, range and total. */
  readonly label: string;
  /** Id of the element that describes the selected frame. */
  readonly describedBy: string;
  readonly tipOf: (node: number) => FrameTip;
  readonly onSelect: (node: number) => void;
  readonly onFocus: (node: number) => void;
  readonly onMenu: (node: number, at: Point) => void;
  readonly onPainted?: (undrawn: number) => void;
}

/** A flame graph in a box that scrolls by itself, with its tooltip. */
export function FlameView(props: FlameViewProps) {
  const host = useRef<HTMLDivElement>(null);
  const graph = useRef<FlameGraph>(null);
  const latest = useRef(props);
  latest.current = props;
  const [hovered, setHovered] = useState<{ node: number; at: Point } | null>(null);
  const { tree, layout, styles, focus, selected, found, up, formatValue, label, describedBy } = props;

  useEffect(() => {
    if (host.current === null) return;
    let release: (() => void) | undefined;
    const created = new FlameGraph(
      host.current,
      {
        hover: (node, at) => {
          setHovered(node === undefined ? null : { node, at });
          if (node === undefined) {
            release?.();
            release = undefined;
          } else release ??= holdLive();
        },
        select: (node) => latest.current.onSelect(node),
        focus: (node) => latest.current.onFocus(node),
        menu: (node, at) => latest.current.onMenu(node, at),
        painted: (undrawn) => latest.current.onPainted?.(undrawn),
      },
      (canvas) => canvas.setAttribute('role', 'img'),
    );
    graph.current = created;
    return () => {
      release?.();
      created.destroy();
      graph.current = null;
    };
  }, []);

  useEffect(() => {
    const canvas = host.current?.querySelector('canvas');
    canvas?.setAttribute('aria-label', label);
    canvas?.setAttribute('aria-describedby', describedBy);
  }, [label, describedBy]);

  useEffect(() => {
    graph.current?.show({ tree, layout, styles, focus, selected, found, up, formatValue });
    setHovered(null);
  }, [tree, layout, styles, focus, selected, found, up, formatValue]);

  const openMenu = () => {
    const node = props.selected ?? props.focus;
    const at = graph.current?.pointOf(node);
    if (at !== undefined) props.onMenu(node, at);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that bubble from the canvas, which has the focus
    <div
      className="flame-host"
      ref={host}
      onKeyDown={(event) => {
        if (event.key !== '.') return;
        event.preventDefault();
        openMenu();
      }}
    >
      <PointTip point={hovered?.at ?? null}>
        {hovered !== null && hovered.node < tree.parent.length && <TipText tip={props.tipOf(hovered.node)} />}
      </PointTip>
    </div>
  );
}

function TipText({ tip }: { tip: FrameTip }) {
  return (
    <>
      <b className="mono">{tip.name}</b>
      {tip.place !== '' && <div className="t3">{tip.place}</div>}
      <dl>
        {tip.facts.map((fact) => (
          <div key={fact.label} className="tip-fact">
            <dt>{fact.label}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
      </dl>
      <div className="t3">double click focuses</div>
    </>
  );
}
