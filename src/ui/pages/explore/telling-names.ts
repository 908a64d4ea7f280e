import type { FrameStyle } from '../../flame/frame-style.ts';

/**
 * What stands before the symbol of each function, by index into `styles`: `flate.`, or more of the package's path where
 * another function would read the same: `compress/flate.` and `klauspost/compress/flate.`.
 */
export function tellingPrefixes(
  styles: readonly (FrameStyle | undefined)[],
  shown: Iterable<number>,
): Map<number, string> {
  const prefixes = new Map<number, string>();
  const alike = new Map<string, number[]>();
  for (const at of new Set(shown)) {
    const style = styles[at];
    if (style === undefined) continue;
    prefixes.set(at, style.short.slice(0, style.short.length - style.symbol.length));
    alike.set(style.short, [...(alike.get(style.short) ?? []), at]);
  }
  for (const group of alike.values()) {
    const paths = [...new Set(group.map((at) => styles[at]?.packagePath ?? ''))];
    if (paths.length < 2) continue;
    const elements = elementsThatTell(paths);
    for (const at of group) prefixes.set(at, `${lastElements(styles[at]?.packagePath ?? '', elements)}.`);
  }
  return prefixes;
}

/** How many elements from the end make all paths differ. */
function elementsThatTell(paths: readonly string[]): number {
  const longest = Math.max(...paths.map((path) => path.split('/').length));
  for (let count = 2; count < longest; count++) {
    if (new Set(paths.map((path) => lastElements(path, count))).size === paths.length) return count;
  }
  return longest;
}

function lastElements(path: string, count: number): string {
  return path.split('/').slice(-count).join('/');
}
