import type { Frame } from '../../model/stack.ts';
import { PairIndex } from './interning.ts';
import type { StringTable } from './string-table.ts';

/** Distinct functions (name and file) and distinct frames (function and line), by content. */
export class FrameTable {
  readonly frames: Frame[] = [];
  readonly #strings: StringTable;
  readonly #functions: PairIndex;
  readonly #frameIds: PairIndex;
  readonly #baseNames = new Map<number, number>();
  readonly #names: number[] = [];
  readonly #files: number[] = [];

  /** So many functions and frames as are expected will fit without growing. */
  constructor(strings: StringTable, expected: { readonly functions: number; readonly frames: number }) {
    this.#functions = new PairIndex(expected.functions);
    this.#frameIds = new PairIndex(expected.frames);
    this.#strings = strings;
  }

  /** Number of the function whose name and file are these strings. */
  functionOf(name: number, file: number): number {
    const id = this.#functions.add(name, file);
    if (id === this.#names.length) {
      this.#names.push(name);
      this.#files.push(file);
    }
    return id;
  }

  /** Number of a frame. A line that no source can have (2^31 and above, or negative) counts as unknown. */
  frameOf(functionId: number, lineLow: number, lineHigh: number): number {
    const line = lineHigh === 0 && lineLow >= 0 ? lineLow : 0;
    const id = this.#frameIds.add(functionId, line);
    if (id === this.frames.length) {
      this.frames.push({
        function: this.#strings.text(this.#names[functionId]!),
        file: this.#strings.text(this.#files[functionId]!),
        line,
      });
    }
    return id;
  }

  /** Number of the frame that stands for an address without a symbol; `file` is the string of the mapping's path. */
  frameOfAddress(low: number, high: number, file: number): number {
    const digits =
      (high >>> 0 === 0 ? '' : (high >>> 0).toString(16)) + (low >>> 0).toString(16).padStart(high === 0 ? 1 : 8, '0');
    return this.frameOf(this.functionOf(this.#strings.indexOf(`0x${digits}`), this.#baseNameOf(file)), 0, 0);
  }

  /** String of the last part of a path. Kept, since a long path may be that of every location. */
  #baseNameOf(file: number): number {
    const known = this.#baseNames.get(file);
    if (known !== undefined) return known;
    const path = this.#strings.text(file);
    const begin = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
    const base = this.#strings.indexOf(path.slice(begin));
    this.#baseNames.set(file, base);
    return base;
  }
}
