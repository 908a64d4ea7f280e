import { colourCss } from './frame-colour.ts';

/** Design tokens as canvas needs them: resolved colours, fonts, pixels. */
export interface FlameTheme {
  /** By colour number, see frame-colour.ts. */
  readonly colours: readonly string[];
  readonly text: string;
  readonly dim: string;
  readonly dimText: string;
  readonly pick: string;
  readonly accent: string;
  readonly labelFont: string;
  readonly valueFont: string;
  readonly rowHeightPx: number;
  readonly zoomMs: number;
}

/**
 * Reads the tokens that hold at `host`. They go through the computed colour of a probe element, since a custom property
 * is returned as written, `light-dark()` and all.
 */
export function readTheme(host: HTMLElement): FlameTheme {
  const probe = document.createElement('i');
  probe.hidden = true;
  host.append(probe);
  const style = getComputedStyle(probe);
  const colour = (css: string) => {
    probe.style.color = css;
    return style.color;
  };
  const token = (name: string) => Number.parseFloat(style.getPropertyValue(name));
  const family = style.fontFamily;
  const theme: FlameTheme = {
    colours: colourCss().map(colour),
    text: colour('var(--flame-text)'),
    dim: colour('var(--flame-dim)'),
    dimText: colour('var(--flame-dim-text)'),
    pick: colour('var(--flame-pick)'),
    accent: colour('var(--accent)'),
    labelFont: `500 11.5px ${family}`,
    valueFont: `400 11px ${family}`,
    rowHeightPx: token('--frame-row') || 20,
    zoomMs: token('--t') || 0,
  };
  probe.remove();
  return theme;
}

/** Calls `changed` when the theme may have changed, and once the fonts are there. Returns what stops it. */
export function watchTheme(changed: () => void): () => void {
  let stopped = false;
  const attribute = new MutationObserver(changed);
  attribute.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', changed);
  // Text measured before its font arrived has the widths of another one.
  void document.fonts.load('500 11.5px "Inter Variable"').then(() => {
    if (!stopped) changed();
  });
  return () => {
    stopped = true;
    attribute.disconnect();
    system.removeEventListener('change', changed);
  };
}
