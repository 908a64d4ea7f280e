import type { SampleLabel } from '../../model/profile.ts';
import type { FieldReader } from './field-reader.ts';
import { IntList } from './int-list.ts';
import { checkLimit } from './limits.ts';
import { LABEL, LABEL_MESSAGE } from './messages.ts';
import type { StringTable } from './string-table.ts';

/** sample, key, text, number (low, high), unit */
const COLUMNS = 6;

/**
 * The labels of all samples. They are checked as they come, but made into objects only when somebody asks: each sample
 * of a Go heap profile has one (the block size), and storing profiles does not need it.
 */
export class LabelTable {
  readonly #rows = new IntList();
  readonly #strings: StringTable;
  #bySample: Map<number, SampleLabel[]> | undefined;

  constructor(strings: StringTable) {
    this.#strings = strings;
  }

  /** Reads the submessage at hand. Throws pprofMalformed. */
  read(reader: FieldReader, sample: number): void {
    const outerLimit = reader.limit;
    reader.limit = reader.bodyEnd;
    let key = 0;
    let text = 0;
    let low = 0;
    let high = 0;
    let unit = 0;
    for (let field = reader.nextField(LABEL_MESSAGE); field !== 0; field = reader.nextField(LABEL_MESSAGE)) {
      if (field === LABEL.key) key = this.#strings.indexAtHand('label.key');
      else if (field === LABEL.text) text = this.#strings.indexAtHand('label.str');
      else if (field === LABEL.unit) unit = this.#strings.indexAtHand('label.num_unit');
      else if (field === LABEL.number) {
        low = reader.low;
        high = reader.high;
      }
    }
    reader.limit = outerLimit;
    const rows = this.#rows;
    checkLimit(reader, 'labels', rows.length / COLUMNS + 1);
    rows.reserve(COLUMNS);
    rows.push(sample);
    rows.push(key);
    rows.push(text);
    rows.push(low);
    rows.push(high);
    rows.push(unit);
  }

  bySample(): ReadonlyMap<number, readonly SampleLabel[]> {
    this.#bySample ??= this.#build();
    return this.#bySample;
  }

  #build(): Map<number, SampleLabel[]> {
    const bySample = new Map<number, SampleLabel[]>();
    const rows = this.#rows.items;
    for (let row = 0; row < this.#rows.length; row += COLUMNS) {
      const labels = bySample.get(rows[row]!);
      const label = this.#label(row);
      if (labels === undefined) bySample.set(rows[row]!, [label]);
      else labels.push(label);
    }
    return bySample;
  }

  /** A text of '' on the wire is no text: such a label is a number. */
  #label(row: number): SampleLabel {
    const rows = this.#rows.items;
    const key = this.#strings.text(rows[row + 1]!);
    const text = this.#strings.text(rows[row + 2]!);
    if (text !== '') return { key, text };
    const number = (BigInt(rows[row + 4]!) << 32n) | BigInt(rows[row + 3]! >>> 0);
    return { key, number, unit: this.#strings.text(rows[row + 5]!) };
  }
}
