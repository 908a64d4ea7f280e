/**
 * 64-bit string hash as two 32-bit lanes, for identities that are stored (series, stacks): must never change.
 *
 * Two multiplicative lanes over UTF-16 code units with a murmur-style finish; JavaScript has no fast 64-bit integer
 * multiply, so a BigInt FNV would cost ~50 times as much. At 10 million distinct inputs the chance of any collision
 * is about 3 in a million (birthday bound on 64 bits).
 */
export class Hash64 {
  #high = 0x9e3779b9 | 0;
  #low = 0x85ebca6b | 0;

  string(text: string): this {
    let high = this.#high;
    let low = this.#low;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
      high ^= high >>> 15;
      low ^= low >>> 13;
    }
    this.#high = high;
    this.#low = low;
    return this.uint32(text.length);
  }

  uint32(value: number): this {
    this.#high = Math.imul(this.#high ^ value, 0x85ebca77);
    this.#low = Math.imul(this.#low ^ value, 0xc2b2ae3d);
    this.#high ^= this.#low >>> 16;
    this.#low ^= this.#high >>> 15;
    return this;
  }

  /** The two lanes, finished: `[high, low]` as unsigned 32-bit numbers. */
  lanes(): readonly [number, number] {
    let high = this.#high;
    let low = this.#low;
    high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    return [high >>> 0, low >>> 0];
  }

  bigint(): bigint {
    const [high, low] = this.lanes();
    return (BigInt(high) << 32n) | BigInt(low);
  }
}

/** `Hash64` of one string. */
export function hash64(text: string): bigint {
  return new Hash64().string(text).bigint();
}
