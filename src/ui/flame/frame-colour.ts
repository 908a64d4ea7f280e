import type { FrameRole } from '../../model/finding.ts';

/** Hues of packages in degrees of OKLCH: cool, so that the only warm thing on a screen is growth. */
const HUES = [250, 172, 296, 212, 154, 274, 192, 232, 310, 262] as const;
const LIGHTNESS_STEPS = [-0.014, 0, 0.014] as const;

/** FNV-1a, 32 bits, over UTF-16 code units: the same package has the same colour in every view, session and theme. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/**
 * Number of a frame's colour: 0 = neutral (root and frames that stand for others), 1 = runtime, 2 = standard library,
 * then 30 for own and 30 for dependencies (10 hues, 3 steps of lightness).
 */
export function colourOf(role: FrameRole, packagePath: string): number {
  if (role === 'runtime') return 1;
  if (role === 'standard') return 2;
  const hash = fnv1a(packagePath);
  const step = Math.floor(hash / HUES.length) % LIGHTNESS_STEPS.length;
  return 3 + (role === 'own' ? 0 : 30) + (hash % HUES.length) * LIGHTNESS_STEPS.length + step;
}

/** CSS of each colour number, in the words of the design tokens; canvas code resolves them through a probe element. */
export function colourCss(): string[] {
  const css = ['var(--surface-3)', 'var(--flame-runtime)', 'var(--flame-std)'];
  for (const chroma of ['--flame-c-own', '--flame-c-dep']) {
    for (const hue of HUES) {
      for (const step of LIGHTNESS_STEPS) css.push(`oklch(calc(var(--flame-l) + ${step}) var(${chroma}) ${hue})`);
    }
  }
  return css;
}
