import type { CallTree } from '../../analysis/call-tree.ts';
import { packageOf, roleOf, shortName } from '../../analysis/go-frames.ts';
import { STAND_INS } from './flame-layout.ts';
import { colourOf } from './frame-colour.ts';

/** What drawing needs to know of one function. */
export interface FrameStyle {
  /** Index into `colourCss()`. */
  readonly colour: number;
  /** Package's last element and symbol, without a major version: `redis.(*Client).Get`. */
  readonly short: string;
  /** Symbol alone, for frames too narrow for `short`. */
  readonly symbol: string;
  readonly packagePath: string;
}

const NEUTRAL = new Set(['total', ...STAND_INS]);

/** Style of a Go function; `ownModule` as `ownModuleOf` finds it. */
export function frameStyle(name: string, file: string, ownModule?: string): FrameStyle {
  if (NEUTRAL.has(name)) return { colour: 0, short: name, symbol: name, packagePath: '' };
  const packagePath = packageOf(name);
  const short = withoutMajorVersion(shortName(name), packagePath);
  const dot = short.indexOf('.');
  return {
    colour: colourOf(roleOf({ function: name, file }, ownModule), packagePath),
    short,
    symbol: packagePath === '' || dot < 0 ? short : short.slice(dot + 1),
    packagePath,
  };
}

/** Styles by index into `strings`; only names that frames use are filled. */
export function frameStyles(tree: CallTree, ownModule?: string): FrameStyle[] {
  const styles: FrameStyle[] = new Array(tree.strings.length);
  for (let row = 0; row < tree.parent.length; row++) {
    const name = tree.name[row]!;
    styles[name] ??= frameStyle(tree.strings[name] ?? '', tree.strings[tree.file[row]!] ?? '', ownModule);
  }
  return styles;
}

/** `v9.(*Client).Get` in `github.com/redis/go-redis/v9` -> `go-redis.(*Client).Get`. */
function withoutMajorVersion(short: string, packagePath: string): string {
  const element = /([^/]+)\/v\d+$/.exec(packagePath)?.[1];
  return element === undefined ? short : element + short.slice(short.indexOf('.'));
}
