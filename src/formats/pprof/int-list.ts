const NOTHING = new Int32Array(0);
const MIN_CAPACITY = 512;
/** Below this a list grows fourfold: each new buffer costs more than the copying. */
const SMALL_CAPACITY = 2 ** 16;

/** A growing Int32Array. Only `items[0 .. length)` count. */
export class IntList {
  items: Int32Array = NOTHING;
  length = 0;

  push(value: number): void {
    if (this.length === this.items.length) this.reserve(1);
    this.items[this.length++] = value;
  }

  /** Makes room for `count` more. */
  reserve(count: number): void {
    const needed = this.length + count;
    const capacity = this.items.length;
    if (needed <= capacity) return;
    const grown = new Int32Array(Math.max(needed, MIN_CAPACITY, capacity * (capacity < SMALL_CAPACITY ? 4 : 2)));
    grown.set(this.items.subarray(0, this.length));
    this.items = grown;
  }

  /** A copy of exactly what was pushed. */
  toArray(): Int32Array {
    return this.items.slice(0, this.length);
  }
}
