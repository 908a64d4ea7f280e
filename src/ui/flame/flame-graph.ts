import type { CallTree } from '../../analysis/call-tree.ts';
import { type FlameBoxes, flameBoxes, frameAt, levelsWithin } from './flame-boxes.ts';
import type { FlameLayout } from './flame-layout.ts';
import { paintFrames } from './flame-paint.ts';
import { bindPointer } from './flame-pointer.ts';
import { createStage, type FlameStage } from './flame-stage.ts';
import { type FlameTheme, readTheme, watchTheme } from './flame-theme.ts';
import { litFrames } from './frame-find.ts';
import type { FrameStyle } from './frame-style.ts';
import { type Step, walk } from './frame-walk.ts';
import { type TextMeter, textMeter } from './text-meter.ts';

/** What a flame graph shows. Frames are rows of `tree`. */
export interface FlameView {
  readonly tree: CallTree;
  readonly layout: FlameLayout;
  /** By index into `tree.strings`. */
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

/** The window's two ends, in the profile's unit. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Draws a flame graph into `host`, a box that scrolls by itself. Layout, selection and focus come from outside with
 * `show`; the graph keeps only what a pointer does to it: hover, and a window moved by wheel or drag.
 */
export class FlameGraph {
  readonly #host: HTMLElement;
  readonly #events: FlameEvents;
  readonly #stage: FlameStage;
  readonly #undo: (() => void)[] = [];
  #theme: FlameTheme;
  #labels: TextMeter;
  #view: FlameView | undefined;
  /** Frames that a find does not dim. */
  #lit: Uint8Array | undefined;
  #span: Span = { from: 0, to: 0 };
  #zoom: { readonly start: Span; readonly end: Span; readonly startMs: number } | undefined;
  #levels = 0;
  #boxes: FlameBoxes | undefined;
  #hovered: number | undefined;
  #frame = 0;
  #fullPaint: ReturnType<typeof setTimeout> | undefined;

  /** `describe` prepares the focusable canvas: its role, label and description. */
  constructor(host: HTMLElement, events: FlameEvents, describe: (canvas: HTMLCanvasElement) => void) {
    this.#host = host;
    this.#events = events;
    this.#stage = createStage(host);
    this.#theme = readTheme(host);
    this.#labels = textMeter(this.#stage.frames, this.#theme.labelFont);
    describe(this.#stage.canvas);
    const schedule = () => this.#schedule();
    const resizes = new ResizeObserver(schedule);
    resizes.observe(host);
    host.addEventListener('scroll', schedule, { passive: true });
    this.#stage.canvas.addEventListener('keydown', (event) => this.#onKey(event));
    this.#undo.push(
      () => resizes.disconnect(),
      () => host.removeEventListener('scroll', schedule),
      watchTheme(() => this.#retheme()),
      bindPointer(host, this.#stage.element, {
        events,
        nodeAt: (at) => this.#nodeAt(at),
        hover: (node, at) => this.#hover(node, at),
        span: () => this.#span,
        isZoomed: () => this.#span.to - this.#span.from < (this.#view?.tree.total[0] ?? 0),
        moveSpan: (span) => this.#moveSpan(span),
      }),
    );
  }

  /** Shows a view; a change of focus within one layout is animated. */
  show(next: FlameView): void {
    const before = this.#view;
    this.#view = next;
    const from = next.layout.x[next.focus] ?? 0;
    const span = { from, to: from + (next.tree.total[next.focus] ?? 0) };
    const isSameTree = before?.layout === next.layout;
    if (!isSameTree || before.found !== next.found)
      this.#lit = next.found === undefined ? undefined : litFrames(next.tree, next.found);
    if (!isSameTree) {
      this.#hovered = undefined;
      this.#boxes = undefined;
      this.#zoom = undefined;
      this.#span = span;
    } else if (before?.focus !== next.focus) {
      this.#zoom = { start: this.#span, end: span, startMs: performance.now() };
    }
    this.#measureLevels();
    if (next.up && before?.up !== true) this.#host.scrollTop = this.#levels * this.#theme.rowHeightPx;
    // Newer data of the same view must not move what is being looked at.
    if (before === undefined || (isSameTree && before.selected !== next.selected)) this.#scrollToSelected();
    this.#schedule();
  }

  /** A point on a frame, for a menu that a key opened. */
  pointOf(node: number): Point {
    const rect = this.#stage.element.getBoundingClientRect();
    const box = this.#boxOf(node);
    return { x: rect.left + Math.max(0, box.left) + Math.min(24, box.width / 2), y: rect.top + box.top + box.height };
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#fullPaint);
    for (const undo of this.#undo) undo();
    this.#stage.remove();
  }

  #schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame((timeMs) => this.#paint(timeMs));
  }

  #paint(timeMs: number): void {
    this.#frame = 0;
    const view = this.#view;
    if (view === undefined) return;
    const isMoving = this.#stepZoom(timeMs);
    const rowPx = this.#theme.rowHeightPx;
    const { widthPx, heightPx, pixel } = this.#stage.fit(this.#levels * rowPx);
    const first = Math.floor(this.#host.scrollTop / rowPx);
    const end = Math.min(this.#levels, Math.ceil((this.#host.scrollTop + heightPx) / rowPx));
    const fromLevel = view.up ? Math.max(0, this.#levels - end) : Math.min(first, this.#levels);
    const untilLevel = Math.max(fromLevel, view.up ? this.#levels - first : end);
    const isGesture = isMoving || this.#fullPaint !== undefined;
    const window = { ...this.#span, widthPx, fromLevel, untilLevel };
    this.#boxes = flameBoxes(view.tree, view.layout, window, isGesture ? GESTURE_MERGE_PX : 1, view.found);
    const context = this.#stage.frames;
    context.clearRect(0, 0, widthPx, heightPx);
    paintFrames(
      context,
      {
        ...view,
        lit: this.#lit,
        theme: this.#theme,
        labels: this.#labels,
        focusLevel: view.layout.depth[view.focus] ?? 0,
        topOf: (level) => this.#topOf(level),
      },
      this.#boxes,
      pixel,
    );
    this.#paintMarks();
    if (isMoving) this.#schedule();
    else if (!isGesture) this.#events.painted(this.#boxes.undrawn);
  }

  /** Moves the window along a zoom; true while it has not arrived. */
  #stepZoom(timeMs: number): boolean {
    if (this.#zoom === undefined) return false;
    const { start, end, startMs } = this.#zoom;
    const share = this.#theme.zoomMs === 0 ? 1 : Math.min(1, Math.max(0, timeMs - startMs) / this.#theme.zoomMs);
    const eased = 1 - (1 - share) ** 3;
    this.#span = {
      from: start.from + (end.from - start.from) * eased,
      to: start.to + (end.to - start.to) * eased,
    };
    if (share === 1) this.#zoom = undefined;
    this.#measureLevels();
    return this.#zoom !== undefined;
  }

  #measureLevels(): void {
    if (this.#view === undefined) return;
    this.#levels = levelsWithin(this.#view.tree, this.#view.layout, this.#span.from, this.#span.to);
    this.#stage.setContentHeight(this.#levels * this.#theme.rowHeightPx);
  }

  /** Hover veil and outline of the selected frame, on a canvas of their own: the graph below stays. */
  #paintMarks(): void {
    const context = this.#stage.marks;
    context.clearRect(0, 0, this.#stage.element.clientWidth, this.#stage.element.clientHeight);
    if (this.#hovered !== undefined) {
      const { left, top, width, height } = this.#boxOf(this.#hovered);
      context.globalAlpha = 0.12;
      context.fillStyle = this.#theme.pick;
      context.fillRect(left, top, Math.max(1, width - 1), height - 1);
      context.globalAlpha = 1;
    }
    const selected = this.#view?.selected;
    if (selected === undefined || selected === 0) return;
    const { left, top, width, height } = this.#boxOf(selected);
    context.strokeStyle = this.#theme.pick;
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, top + 0.75, Math.max(1, width - 2.5), height - 2.5);
  }

  /** Where a frame stands on the stage, cut a little outside of it. */
  #boxOf(node: number): { left: number; top: number; width: number; height: number } {
    const { from, to } = this.#span;
    const screenPx = this.#stage.element.clientWidth;
    const scale = to > from ? screenPx / (to - from) : 0;
    const start = this.#view?.layout.x[node] ?? 0;
    const end = start + (this.#view?.tree.total[node] ?? 0);
    const left = Math.max(-4, (start - from) * scale);
    const right = Math.min(screenPx + 4, (end - from) * scale);
    const top = this.#topOf(this.#view?.layout.depth[node] ?? 0);
    return { left, top, width: Math.max(1, right - left), height: this.#theme.rowHeightPx };
  }

  #topOf(level: number): number {
    const row = this.#view?.up ? this.#levels - 1 - level : level;
    return row * this.#theme.rowHeightPx - this.#host.scrollTop;
  }

  #nodeAt(at: Point): number | undefined {
    if (this.#boxes === undefined) return undefined;
    const rect = this.#stage.element.getBoundingClientRect();
    const row = Math.floor((at.y - rect.top + this.#host.scrollTop) / this.#theme.rowHeightPx);
    return frameAt(this.#boxes, this.#view?.up ? this.#levels - 1 - row : row, at.x - rect.left);
  }

  #hover(node: number | undefined, at: Point): void {
    if (node !== this.#hovered) {
      this.#hovered = node;
      this.#paintMarks();
    }
    this.#events.hover(node, at);
  }

  /** Sets the window by hand: coarsely now, fully when the gesture has ended. */
  #moveSpan({ from, to }: Span): void {
    const whole = this.#view?.tree.total[0] ?? 0;
    const width = Math.min(to - from, whole);
    const start = Math.min(Math.max(0, from), whole - width);
    this.#span = { from: start, to: start + width };
    this.#zoom = undefined;
    this.#measureLevels();
    clearTimeout(this.#fullPaint);
    this.#fullPaint = setTimeout(() => {
      this.#fullPaint = undefined;
      this.#schedule();
    }, FULL_PAINT_AFTER_MS);
    this.#schedule();
  }

  #onKey(event: KeyboardEvent): void {
    const view = this.#view;
    if (view === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (view.up ? STEPS_UP : STEPS)[event.key];
    const at = view.selected ?? view.focus;
    if (step !== undefined) this.#events.select(walk(view.tree, view.layout, at, step, view.focus));
    else if (event.key === 'Enter') this.#events.focus(at);
    else return;
    event.preventDefault();
  }

  #scrollToSelected(): void {
    if (this.#view?.selected === undefined) return;
    const top = this.#topOf(this.#view.layout.depth[this.#view.selected] ?? 0);
    const bottom = top + this.#theme.rowHeightPx;
    if (top < 0) this.#host.scrollTop += top;
    else if (bottom > this.#host.clientHeight) this.#host.scrollTop += bottom - this.#host.clientHeight;
  }

  #retheme(): void {
    this.#theme = readTheme(this.#host);
    this.#labels = textMeter(this.#stage.frames, this.#theme.labelFont);
    this.#measureLevels();
    this.#schedule();
  }
}
