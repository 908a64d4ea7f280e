import type { CallTree } from '../../analysis/call-tree.ts';
import { type FlameBoxes, flameBoxes, frameAt, levelsWithin } from './flame-boxes.ts';
import type { FlameLayout } from './flame-layout.ts';
import { type FlamePicture, paintFrames } from './flame-paint.ts';
import { bindPointer } from './flame-pointer.ts';
import { type FlameTheme, readTheme } from './flame-theme.ts';
import type { FrameStyle } from './frame-style.ts';
import { type Step, walk } from './frame-walk.ts';
import { type TextMeter, textMeter } from './text-meter.ts';

/** What a flame graph shows. Frames are rows of `table`. */
export interface FlameView {
  readonly table: CallTree;
  readonly layout: FlameLayout;
  readonly styles: readonly FrameStyle[];
  readonly focus: number;
  readonly selected: number | undefined;
  /** 1 by name where a find matches. */
  readonly found: Uint8Array | undefined;
  /** Root at the bottom. */
  readonly up: boolean;
  readonly formatValue: (value: number) => string;
}

/** A place in the browser's window, CSS px. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface FlameEvents {
  readonly hover: (node: number | undefined, at: Point) => void;
  readonly select: (node: number) => void;
  readonly focus: (node: number) => void;
  readonly menu: (node: number, at: Point) => void;
  /** After each full painting: frames on screen too narrow to draw. */
  readonly painted: (undrawn: number) => void;
}

export interface FlameGraph {
  readonly show: (view: FlameView) => void;
  /** Middle of a frame on screen, for a menu opened by a key. */
  readonly pointOf: (node: number) => Point;
  readonly destroy: () => void;
}

const MAX_PIXEL_RATIO = 2;
const GESTURE_MERGE_PX = 2;
const FULL_PAINT_AFTER_MS = 100;
const STEPS: Readonly<Record<string, Step>> = {
  ArrowDown: 'widestChild',
  ArrowUp: 'parent',
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  Home: 'root',
  End: 'heaviest',
};
/** With the root at the bottom the arrows keep their direction on screen. */
const STEPS_UP: Readonly<Record<string, Step>> = { ...STEPS, ArrowDown: 'parent', ArrowUp: 'widestChild' };

/**
 * Draws a flame graph into `host`, a box that scrolls by itself: one canvas for frames, one above for hover and
 * selection, both as large as the visible part. `describe` prepares the focusable canvas (label, description).
 */
export function createFlameGraph(
  host: HTMLElement,
  events: FlameEvents,
  describe: (canvas: HTMLCanvasElement) => void,
): FlameGraph {
  const space = host.appendChild(document.createElement('div'));
  const stage = space.appendChild(document.createElement('div'));
  const frames = stage.appendChild(document.createElement('canvas'));
  const marks = stage.appendChild(document.createElement('canvas'));
  space.className = 'flame-space';
  stage.className = 'flame-stage';
  frames.tabIndex = 0;
  marks.setAttribute('aria-hidden', 'true');
  describe(frames);
  const context = frames.getContext('2d');
  const markContext = marks.getContext('2d');
  if (context === null || markContext === null) throw new Error('no 2d canvas');

  let theme: FlameTheme = readTheme(host);
  let labels: TextMeter = textMeter(context, theme.labelFont);
  let view: FlameView | undefined;
  let from = 0;
  let to = 0;
  let levels = 0;
  let boxes: FlameBoxes | undefined;
  let hovered: number | undefined;
  let pending = 0;
  let zoom: { fromStart: number; toStart: number; fromEnd: number; toEnd: number; startMs: number } | undefined;
  let fullPaint: ReturnType<typeof setTimeout> | undefined;

  const rowPx = () => theme.rowHeightPx;
  const topOf = (level: number) => (view?.up ? levels - 1 - level : level) * rowPx() - host.scrollTop;

  function schedule(): void {
    if (pending === 0) pending = requestAnimationFrame(paint);
  }

  function paint(timeMs: number): void {
    pending = 0;
    if (view === undefined || context === null) return;
    const moving = stepZoom(timeMs);
    const pixel = resize();
    const { table, layout } = view;
    const heightPx = stage.clientHeight;
    const first = Math.floor(host.scrollTop / rowPx());
    const end = Math.min(levels, Math.ceil((host.scrollTop + heightPx) / rowPx()));
    const fromLevel = view.up ? Math.max(0, levels - end) : first;
    const untilLevel = view.up ? levels - first : end;
    const window = { from, to, widthPx: stage.clientWidth, fromLevel, untilLevel: Math.max(fromLevel, untilLevel) };
    const gesture = moving || fullPaint !== undefined;
    boxes = flameBoxes(table, layout, window, gesture ? GESTURE_MERGE_PX : 1, view.found);
    const focusLevel = layout.depth[view.focus] ?? 0;
    const { styles, found, formatValue } = view;
    const picture: FlamePicture = { table, layout, styles, theme, labels, formatValue, found, focusLevel, topOf };
    context.setTransform(1 / pixel, 0, 0, 1 / pixel, 0, 0);
    context.clearRect(0, 0, stage.clientWidth, heightPx);
    paintFrames(context, picture, boxes, pixel);
    paintMarks();
    if (moving) schedule();
    else if (!gesture) events.painted(boxes.undrawn);
  }

  /** Moves the window along a zoom; true while it has not arrived. */
  function stepZoom(timeMs: number): boolean {
    if (zoom === undefined) return false;
    const share = theme.zoomMs === 0 ? 1 : Math.min(1, Math.max(0, timeMs - zoom.startMs) / theme.zoomMs);
    const eased = 1 - (1 - share) ** 3;
    from = zoom.fromStart + (zoom.fromEnd - zoom.fromStart) * eased;
    to = zoom.toStart + (zoom.toEnd - zoom.toStart) * eased;
    if (share === 1) zoom = undefined;
    measureLevels();
    return zoom !== undefined;
  }

  function measureLevels(): void {
    if (view === undefined) return;
    levels = levelsWithin(view.table, view.layout, from, to);
    space.style.height = `${levels * rowPx()}px`;
  }

  /** Fits both canvases to the visible part; returns the size of a device pixel. */
  function resize(): number {
    const ratio = Math.min(MAX_PIXEL_RATIO, devicePixelRatio || 1);
    stage.style.height = `${Math.min(host.clientHeight, levels * rowPx())}px`;
    const width = Math.round(stage.clientWidth * ratio);
    const height = Math.round(stage.clientHeight * ratio);
    for (const canvas of [frames, marks]) {
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
    }
    return 1 / ratio;
  }

  function paintMarks(): void {
    if (view === undefined || markContext === null) return;
    const pixel = 1 / Math.min(MAX_PIXEL_RATIO, devicePixelRatio || 1);
    markContext.setTransform(1 / pixel, 0, 0, 1 / pixel, 0, 0);
    markContext.clearRect(0, 0, stage.clientWidth, stage.clientHeight);
    if (hovered !== undefined) {
      const box = boxOf(hovered);
      markContext.globalAlpha = 0.12;
      markContext.fillStyle = theme.pick;
      markContext.fillRect(box.left, box.top, Math.max(1, box.width - 1), rowPx() - 1);
      markContext.globalAlpha = 1;
    }
    if (view.selected !== undefined && view.selected > 0) {
      const box = boxOf(view.selected);
      markContext.strokeStyle = theme.pick;
      markContext.lineWidth = 1.5;
      markContext.strokeRect(box.left + 0.75, box.top + 0.75, Math.max(1, box.width - 2.5), rowPx() - 2.5);
    }
  }

  /** Where a frame stands on the stage, cut to it. */
  function boxOf(node: number): { left: number; width: number; top: number } {
    if (view === undefined) return { left: 0, width: 0, top: 0 };
    const scale = stage.clientWidth / (to - from || 1);
    const start = view.layout.x[node] ?? 0;
    const left = Math.max(-4, (start - from) * scale);
    const right = Math.min(stage.clientWidth + 4, (start + (view.table.total[node] ?? 0) - from) * scale);
    return { left, width: Math.max(1, right - left), top: topOf(view.layout.depth[node] ?? 0) };
  }

  function nodeAt(at: Point): number | undefined {
    if (view === undefined || boxes === undefined) return undefined;
    const rect = stage.getBoundingClientRect();
    const row = Math.floor((at.y - rect.top + host.scrollTop) / rowPx());
    return frameAt(boxes, view.up ? levels - 1 - row : row, at.x - rect.left);
  }

  function hover(node: number | undefined, at: Point): void {
    if (node !== hovered) {
      hovered = node;
      paintMarks();
    }
    events.hover(node, at);
  }

  /** Sets the window by hand (wheel, drag): coarse now, fully when the gesture has ended. */
  function moveWindow(nextFrom: number, nextTo: number): void {
    const full = view?.table.total[0] ?? 0;
    const width = Math.min(nextTo - nextFrom, full);
    from = Math.min(Math.max(0, nextFrom), full - width);
    to = from + width;
    zoom = undefined;
    measureLevels();
    clearTimeout(fullPaint);
    fullPaint = setTimeout(() => {
      fullPaint = undefined;
      schedule();
    }, FULL_PAINT_AFTER_MS);
    schedule();
  }

  function onKey(event: KeyboardEvent): void {
    if (view === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (view.up ? STEPS_UP : STEPS)[event.key];
    const at = view.selected ?? view.focus;
    if (step !== undefined) events.select(walk(view.table, view.layout, at, step, view.focus));
    else if (event.key === 'Enter' || event.key === 'f') events.focus(at);
    else if (event.key === '0') events.focus(0);
    else return;
    event.preventDefault();
  }

  function scrollToSelected(): void {
    if (view?.selected === undefined) return;
    const top = topOf(view.layout.depth[view.selected] ?? 0);
    if (top < 0) host.scrollTop += top;
    else if (top + rowPx() > host.clientHeight) host.scrollTop += top + rowPx() - host.clientHeight;
  }

  function show(next: FlameView): void {
    const before = view;
    view = next;
    const start = next.layout.x[next.focus] ?? 0;
    const end = start + (next.table.total[next.focus] ?? 0);
    const sameTree = before?.layout === next.layout;
    if (!sameTree) {
      hovered = undefined;
      boxes = undefined;
      zoom = undefined;
      from = start;
      to = end;
    } else if (before?.focus !== next.focus) {
      zoom = { fromStart: from, toStart: to, fromEnd: start, toEnd: end, startMs: performance.now() };
    }
    measureLevels();
    if (next.up && (!sameTree || !before?.up)) host.scrollTop = levels * rowPx();
    if (before?.selected !== next.selected) scrollToSelected();
    schedule();
  }

  const unbindPointer = bindPointer(host, stage, {
    nodeAt,
    hover,
    events,
    window: () => ({
      from,
      to,
      widthPx: stage.clientWidth,
      zoomed: view !== undefined && to - from < view.table.total[0]!,
    }),
    moveWindow,
  });
  const retheme = () => {
    theme = readTheme(host);
    if (context !== null) labels = textMeter(context, theme.labelFont);
    measureLevels();
    schedule();
  };
  const resizes = new ResizeObserver(schedule);
  resizes.observe(host);
  const themes = new MutationObserver(retheme);
  themes.observe(document.documentElement, { attributeFilter: ['data-theme', 'class', 'style'] });
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', retheme);
  host.addEventListener('scroll', schedule, { passive: true });
  frames.addEventListener('keydown', onKey);
  let destroyed = false;
  // Text measured before the font arrived has the widths of another one.
  void document.fonts.ready.then(() => {
    if (!destroyed) retheme();
  });

  return {
    show,
    pointOf: (node) => {
      const rect = stage.getBoundingClientRect();
      const box = boxOf(node);
      return { x: rect.left + Math.max(0, box.left) + Math.min(24, box.width / 2), y: rect.top + box.top + rowPx() };
    },
    destroy: () => {
      destroyed = true;
      cancelAnimationFrame(pending);
      clearTimeout(fullPaint);
      unbindPointer();
      resizes.disconnect();
      themes.disconnect();
      scheme.removeEventListener('change', retheme);
      host.removeEventListener('scroll', schedule);
      space.remove();
    },
  };
}
