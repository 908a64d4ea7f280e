import { PairIndex } from './interning.ts';

/**
 * Numbers 64-bit ids (in lanes) in the order in which they were added. Most writers count 1, 2, 3, ...: as long as they
 * do, the number is the id less one and nothing is stored.
 */
export class IdIndex {
  size = 0;
  #pairs: PairIndex | undefined;

  /** False if the id was added before. */
  add(low: number, high: number): boolean {
    const isNext = high === 0 && low === this.size + 1;
    if (this.#pairs === undefined) {
      if (isNext) {
        this.size++;
        return true;
      }
      this.#pairs = new PairIndex(this.size);
      for (let id = 1; id <= this.size; id++) this.#pairs.add(id, 0);
    }
    if (this.#pairs.add(low, high) < this.size) return false;
    this.size++;
    return true;
  }

  /** Number of the id, -1 if it was not added. */
  find(low: number, high: number): number {
    if (this.#pairs !== undefined) return this.#pairs.find(low, high);
    return high === 0 && low > 0 && low <= this.size ? low - 1 : -1;
  }
}
