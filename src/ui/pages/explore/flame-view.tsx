import { type RefObject, useEffect, useRef, useState } from 'react';
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

interface Hovered {
  readonly node: number;
  readonly at: Point;
}

/** A flame graph in a box that scrolls by itself, with its tooltip. */
export function FlameView(props: FlameViewProps) {
  const host = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<Hovered | null>(null);
  const graph = useFlameGraph(host, props, setHovered);
  const { tree, layout, styles, focus, selected, found, up, formatValue, label, describedBy } = props;

  useEffect(() => {
    const canvas = host.current?.querySelector('canvas');
    canvas?.setAttribute('aria-label', label);
    canvas?.setAttribute('aria-describedby', describedBy);
  }, [label, describedBy]);

  useEffect(() => {
    graph.current?.show({ tree, layout, styles, focus, selected, found, up, formatValue });
    setHovered(null);
  }, [graph, tree, layout, styles, focus, selected, found, up, formatValue]);

  const openMenu = () => {
    const node = selected ?? focus;
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

/** One graph for as long as the host is on screen. Live mode waits while the pointer is over a frame. */
function useFlameGraph(
  host: RefObject<HTMLDivElement | null>,
  props: FlameViewProps,
  onHover: (hovered: Hovered | null) => void,
): RefObject<FlameGraph | null> {
  const graph = useRef<FlameGraph>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (host.current === null) return;
    let release: (() => void) | undefined;
    const hover = (node: number | undefined, at: Point) => {
      onHover(node === undefined ? null : { node, at });
      if (node !== undefined) release ??= holdLive();
      else {
        release?.();
        release = undefined;
      }
    };
    const created = new FlameGraph(
      host.current,
      {
        hover,
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
  }, [host, onHover]);
  return graph;
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
