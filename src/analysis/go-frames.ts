import type { FrameRole } from '../model/finding.ts';
import type { Frame } from '../model/stack.ts';

/**
 * What the name of a Go function says: package, short name, and whose code it is. Names are as the linker writes them:
 * import path, dot, receiver, name; dots in the last element of the path are escaped (`gopkg.in/yaml%2ev3.Unmarshal`),
 * type arguments stand in brackets and may contain paths themselves.
 */

/** Import path: `github.com/acme/shop/cart.(*Cart).Add` -> `github.com/acme/shop/cart`; '' for assembly and pseudo-frames. */
export function packageOf(functionName: string): string {
  const path = functionName.slice(0, endOfPath(functionName));
  return path.includes('%')
    ? path.replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : path;
}

/** Last element of the package and the rest, type arguments as `[…]`: `cart.(*Cart).Add`. */
export function shortName(functionName: string): string {
  const end = endOfPath(functionName);
  const start = functionName.lastIndexOf('/', end) + 1;
  return functionName.slice(start).replace(/\[.*\]/, '[…]');
}

/** Name without the suffixes of closures and goroutine wrappers: `main.serve.func1.2` -> `main.serve`. */
export function enclosingFunction(functionName: string): string {
  return functionName.replace(/(\.func\d+|\.gowrap\d+|\.deferwrap\d+|\.\d+|-fm|-range\d+)+$/, '');
}

/**
 * Whose code a frame is. `main` is always own; of other packages those of `ownModule`, and those whose path does not
 * begin with a host name and is not of the standard library. A file inside the module cache (`@v1.2.3`) or `vendor` is
 * a dependency.
 */
export function roleOf(frame: Pick<Frame, 'function' | 'file'>, ownModule?: string): FrameRole {
  const path = packageOf(frame.function);
  if (path === '') return isPseudoFrame(frame.function) ? 'runtime' : 'own';
  if (path === 'main') return 'own';
  if (RUNTIME.test(path)) return 'runtime';
  if (ownModule !== undefined && isWithin(path, ownModule)) return 'own';
  const first = path.split('/', 1)[0] ?? '';
  if (STANDARD.has(first)) return 'standard';
  return first.includes('.') || IN_MODULE_CACHE.test(frame.file) ? 'dependency' : 'own';
}

/**
 * Path of the module that the program's `main` package belongs to, read off the frames' files; undefined when it
 * cannot be told. With `-trimpath` the file of `main.main` begins with it; else a package is looked for whose
 * directory lies beside that of `main.main` under one root.
 */
export function ownModuleOf(frames: Iterable<Frame>): string | undefined {
  const mainDirectories = new Set<string>();
  const candidates = new Map<string, string>();
  for (const frame of frames) {
    const path = packageOf(frame.function);
    const directory = frame.file.slice(0, Math.max(0, frame.file.lastIndexOf('/')));
    if (path === 'main' && directory !== '') mainDirectories.add(directory);
    else if (hasHost(path) && !IN_MODULE_CACHE.test(frame.file) && directory !== '') candidates.set(path, directory);
  }
  for (const directory of mainDirectories) {
    if (!directory.startsWith('/') && hasHost(directory)) return directory.split('/').slice(0, 3).join('/');
    for (const [path, own] of candidates) {
      const module = moduleBeside(path, own, directory);
      if (module !== undefined) return module;
    }
  }
  return undefined;
}

/** Cuts the common tail of import path and directory; the rest is (module, root) when `mainDirectory` lies under root. */
function moduleBeside(path: string, directory: string, mainDirectory: string): string | undefined {
  const names = path.split('/');
  const folders = directory.split('/');
  while (names.length > 2 && !isWithin(mainDirectory, folders.join('/')) && names.at(-1) === folders.at(-1)) {
    names.pop();
    folders.pop();
  }
  return folders.length > 1 && isWithin(mainDirectory, folders.join('/')) ? names.join('/') : undefined;
}

function endOfPath(functionName: string): number {
  const bracket = functionName.search(/[[(]/);
  const head = bracket === -1 ? functionName : functionName.slice(0, bracket);
  const slash = head.lastIndexOf('/');
  const dot = head.indexOf('.', slash + 1);
  return dot === -1 ? 0 : dot;
}

function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

function hasHost(path: string): boolean {
  const slash = path.indexOf('/');
  return slash > 0 && path.slice(0, slash).includes('.');
}

/** Assembly (`_rt0_amd64`), the profiler's own (`_GC`), addresses without symbol, `(truncated)`. */
function isPseudoFrame(functionName: string): boolean {
  return functionName === '' || /^(_|\(|\[|0x)/.test(functionName) || ASSEMBLY.has(functionName);
}

const ASSEMBLY = new Set([
  'gogo',
  'gosave_systemstack_switch',
  'callRet',
  'setg_gcc',
  'memeqbody',
  'cmpbody',
  'indexbytebody',
  'countbody',
  'aeshashbody',
  'gcWriteBarrier',
  'debugCall32',
]);
const RUNTIME = /^(runtime|runtime\/internal\/.*|internal\/runtime\/.*)$/;
const IN_MODULE_CACHE = /@v\d|\/vendor\/|^vendor\//;

/** First path elements of the standard library, Go 1.27, with `vendor` (its own copies) and `internal`. */
const STANDARD = new Set(
  (
    'archive arena bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash ' +
    'html image index internal io iter log maps math mime net os path plugin reflect regexp runtime simd slices sort strconv ' +
    'strings structs sync syscall testing text time type unicode unique unsafe uuid vendor weak'
  ).split(' '),
);
