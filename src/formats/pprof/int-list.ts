const INITIAL_CAPACITY = 64;

/** A growing Int32Array. */
export class IntList {
  items = new Int32Array(INITIAL_CAPACITY);
  length = 0;

  push(value: number): void {
    if (this.length === this.items.length) this.reserve(1);
    this.items[this.length++] = value;
  }

  /** Makes room for `count` more. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.items.length) return;
    const grown = new Int32Array(Math.max(needed, this.items.length * 2));
    grown.set(this.items.subarray(0, this.length));
    this.items = grown;
  }

  /** A copy of exactly what was pushed. */
  toArray(): Int32Array {
    return this.items.slice(0, this.length);
  }
}
