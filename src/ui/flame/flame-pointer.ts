import type { FlameEvents, Point } from './flame-graph.ts';

/** What pointer handling needs from the graph. */
interface PointerTarget {
  readonly nodeAt: (at: Point) => number | undefined;
  readonly hover: (node: number | undefined, at: Point) => void;
  readonly events: FlameEvents;
  readonly span: () => { readonly from: number; readonly to: number };
  readonly isZoomed: () => boolean;
  readonly moveSpan: (span: { readonly from: number; readonly to: number }) => void;
}

/** A press that moves less than this is a click. */
const DRAG_FROM_PX = 4;
const DOUBLE_TAP_MS = 400;
const ZOOM_PER_WHEEL_PX = 0.002;

/**
 * Click selects, double click focuses, right click and long press open the menu, Ctrl or ⌘ with the wheel zooms about
 * the pointer, dragging pans when zoomed. Returns the undoing.
 */
export function bindPointer(host: HTMLElement, stage: HTMLElement, target: PointerTarget): () => void {
  let drag: { startX: number; from: number; to: number; moved: boolean } | undefined;
  /** Not `dblclick`: touch screens do not all send it. */
  let tapped = { node: -1, atMs: 0 };
  const pointOf = (event: MouseEvent): Point => ({ x: event.clientX, y: event.clientY });

  const onMove = (event: PointerEvent) => {
    const at = pointOf(event);
    if (drag !== undefined && event.buttons === 1 && event.pointerType === 'mouse') {
      const movedPx = at.x - drag.startX;
      if (target.isZoomed() && (drag.moved || Math.abs(movedPx) >= DRAG_FROM_PX)) {
        drag.moved = true;
        const by = (-movedPx / stage.clientWidth) * (drag.to - drag.from);
        target.hover(undefined, at);
        return target.moveSpan({ from: drag.from + by, to: drag.to + by });
      }
    }
    if (event.pointerType !== 'touch') target.hover(target.nodeAt(at), at);
  };
  const onDown = (event: PointerEvent) => {
    const { from, to } = target.span();
    drag = { startX: event.clientX, from, to, moved: false };
  };
  const onLeave = (event: PointerEvent) => target.hover(undefined, pointOf(event));
  const onClick = (event: MouseEvent) => {
    if (drag?.moved === true) return;
    const node = target.nodeAt(pointOf(event));
    if (node === undefined) return;
    const isSecondTap = node === tapped.node && event.timeStamp - tapped.atMs < DOUBLE_TAP_MS;
    tapped = { node, atMs: event.timeStamp };
    if (isSecondTap) target.events.focus(node);
    else target.events.select(node);
  };
  const onMenu = (event: MouseEvent) => {
    const node = target.nodeAt(pointOf(event));
    if (node === undefined) return;
    event.preventDefault();
    target.hover(undefined, pointOf(event));
    target.events.menu(node, pointOf(event));
  };
  const onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { from, to } = target.span();
    const centre = from + ((event.clientX - stage.getBoundingClientRect().left) / stage.clientWidth) * (to - from);
    const factor = Math.exp(event.deltaY * ZOOM_PER_WHEEL_PX);
    target.moveSpan({ from: centre - (centre - from) * factor, to: centre + (to - centre) * factor });
  };

  stage.addEventListener('pointermove', onMove);
  stage.addEventListener('pointerdown', onDown);
  stage.addEventListener('pointerleave', onLeave);
  stage.addEventListener('click', onClick);
  stage.addEventListener('contextmenu', onMenu);
  host.addEventListener('wheel', onWheel, { passive: false });
  // The listeners of `stage` go with it.
  return () => host.removeEventListener('wheel', onWheel);
}
