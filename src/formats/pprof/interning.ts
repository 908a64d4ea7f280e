import { IntList } from './int-list.ts';

/** Room that is made at once for entries that somebody expects; more is made when they come. */
const MAX_EXPECTED = 2 ** 16;
const MIN_SLOTS = 64;
/** Chosen anew by each process, so that nobody can prepare a profile whose entries all fall into one slot. */
const SEED = (Math.random() * 2 ** 32) | 0;

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function finish(hash: number): number {
  const mixed = Math.imul(hash, 0x85ebca6b);
  return mixed ^ (mixed >>> 13);
}

/** Hash slots with linear probing, at most half full: entry number + 1, 0 where free. */
class Slots {
  entries: Int32Array;

  constructor(expected: number) {
    let size = MIN_SLOTS;
    while (size < 2 * Math.min(expected, MAX_EXPECTED)) size *= 2;
    this.entries = new Int32Array(size);
  }

  /** The first slot to look at. */
  begin(hash: number): number {
    return hash & (this.entries.length - 1);
  }

  next(slot: number): number {
    return (slot + 1) & (this.entries.length - 1);
  }

  /** Puts the next entry into a free slot; `hashes` then gets its hash too. */
  put(slot: number, hash: number, hashes: IntList): void {
    hashes.push(hash);
    this.entries[slot] = hashes.length;
    if (hashes.length * 2 > this.entries.length) this.#grow(hashes);
  }

  #grow(hashes: IntList): void {
    this.entries = new Int32Array(this.entries.length * 2);
    for (let entry = 0; entry < hashes.length; entry++) {
      let free = this.begin(hashes.items[entry]!);
      while (this.entries[free] !== 0) free = this.next(free);
      this.entries[free] = entry + 1;
    }
  }
}

/** Numbers pairs of 32-bit integers in the order in which they were added. */
export class PairIndex {
  readonly #first = new IntList();
  readonly #second = new IntList();
  readonly #hashes = new IntList();
  readonly #slots: Slots;

  /** `expected` pairs will fit without growing. */
  constructor(expected: number) {
    this.#slots = new Slots(expected);
  }

  get size(): number {
    return this.#first.length;
  }

  /** Number of the pair, -1 if it was not added. */
  find(first: number, second: number): number {
    const slots = this.#slots;
    for (let slot = slots.begin(hashOfPair(first, second)); ; slot = slots.next(slot)) {
      const entry = slots.entries[slot]! - 1;
      if (entry < 0 || this.#is(entry, first, second)) return entry;
    }
  }

  /** Number of the pair, added if it is new. */
  add(first: number, second: number): number {
    const slots = this.#slots;
    const hash = hashOfPair(first, second);
    let slot = slots.begin(hash);
    for (; slots.entries[slot] !== 0; slot = slots.next(slot)) {
      const entry = slots.entries[slot]! - 1;
      if (this.#is(entry, first, second)) return entry;
    }
    const entry = this.size;
    this.#first.push(first);
    this.#second.push(second);
    slots.put(slot, hash, this.#hashes);
    return entry;
  }

  #is(entry: number, first: number, second: number): boolean {
    return this.#first.items[entry] === first && this.#second.items[entry] === second;
  }
}

function hashOfPair(first: number, second: number): number {
  return finish(mix(mix(SEED, first), second));
}

/**
 * Numbers stacks (sequences of frames) in the order in which they were added, and keeps their frames. A stack is written
 * behind the last one and taken back if it turns out to be known.
 */
export class StackIndex {
  /** Stack s is `frames[offsets[s] .. offsets[s + 1])`. */
  readonly offsets = new IntList();
  readonly frames = new IntList();
  readonly #hashes = new IntList();
  readonly #slots: Slots;

  /** `expected` stacks will fit without growing. */
  constructor(expected: number) {
    this.#slots = new Slots(expected);
    this.offsets.push(0);
  }

  /** Number of the stack that was pushed to `frames` since the last call. */
  close(): number {
    const begin = this.offsets.items[this.offsets.length - 1]!;
    const end = this.frames.length;
    const hash = hashOfRange(this.frames.items, begin, end);
    const slots = this.#slots;
    let slot = slots.begin(hash);
    for (; slots.entries[slot] !== 0; slot = slots.next(slot)) {
      const stack = slots.entries[slot]! - 1;
      if (this.#hashes.items[stack] === hash && this.#equalsRange(stack, begin, end)) {
        this.frames.length = begin;
        return stack;
      }
    }
    const stack = this.#hashes.length;
    this.offsets.push(end);
    slots.put(slot, hash, this.#hashes);
    return stack;
  }

  #equalsRange(stack: number, begin: number, end: number): boolean {
    const { items } = this.frames;
    const from = this.offsets.items[stack]!;
    if (this.offsets.items[stack + 1]! - from !== end - begin) return false;
    for (let i = begin, k = from; i < end; i++, k++) if (items[k] !== items[i]) return false;
    return true;
  }
}

function hashOfRange(items: Int32Array, begin: number, end: number): number {
  let hash = SEED;
  for (let i = begin; i < end; i++) hash = mix(hash, items[i]!);
  return finish(hash);
}
