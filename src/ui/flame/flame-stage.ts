/** The elements that a flame graph is painted on. */
export interface FlameStage {
  readonly element: HTMLElement;
  /** The lower canvas; it takes the keyboard's focus. */
  readonly canvas: HTMLCanvasElement;
  readonly frames: CanvasRenderingContext2D;
  readonly marks: CanvasRenderingContext2D;
  readonly setContentHeight: (heightPx: number) => void;
  /**
   * Makes both canvases as large as the visible part of a graph of `contentPx` and scales them to CSS px.
   * `pixel` is the size of a device pixel.
   */
  readonly fit: (contentPx: number) => { widthPx: number; heightPx: number; pixel: number };
  readonly remove: () => void;
}

const MAX_PIXEL_RATIO = 2;

/** In `host`, which scrolls: a spacer as high as the graph, in it a sticky stage with two canvases on each other. */
export function createStage(host: HTMLElement): FlameStage {
  const space = host.appendChild(document.createElement('div'));
  const element = space.appendChild(document.createElement('div'));
  const canvas = element.appendChild(document.createElement('canvas'));
  const marksCanvas = element.appendChild(document.createElement('canvas'));
  space.className = 'flame-space';
  element.className = 'flame-stage';
  canvas.tabIndex = 0;
  marksCanvas.setAttribute('aria-hidden', 'true');
  const frames = contextOf(canvas);
  const marks = contextOf(marksCanvas);
  const fit = (contentPx: number) => {
    const ratio = Math.min(MAX_PIXEL_RATIO, devicePixelRatio || 1);
    element.style.height = `${Math.min(host.clientHeight, contentPx)}px`;
    const widthPx = element.clientWidth;
    const heightPx = element.clientHeight;
    const width = Math.round(widthPx * ratio);
    const height = Math.round(heightPx * ratio);
    for (const context of [frames, marks]) {
      // Setting a size clears the canvas and drops its state, so only a new one is set.
      if (context.canvas.width !== width) context.canvas.width = width;
      if (context.canvas.height !== height) context.canvas.height = height;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    return { widthPx, heightPx, pixel: 1 / ratio };
  };
  const setContentHeight = (heightPx: number) => {
    space.style.height = `${heightPx}px`;
  };
  return { element, canvas, frames, marks, setContentHeight, fit, remove: () => space.remove() };
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser gave no 2d canvas');
  return context;
}
