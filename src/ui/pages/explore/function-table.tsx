import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { formatPercent } from '../../../base/units.ts';
import type { CallTreeAnswer } from '../../../wire/api.ts';
import type { Point } from '../../flame/flame-graph.ts';
import { colourCss } from '../../flame/frame-colour.ts';
import type { FrameStyle } from '../../flame/frame-style.ts';
import type { Sort, SortColumn } from './explore-state.ts';
import { nextSort } from './function-rows.ts';
import { tellingPrefixes } from './telling-names.ts';
import './function-table.css';

export interface FunctionTableProps {
  readonly answer: CallTreeAnswer;
  readonly styles: readonly FrameStyle[];
  /** Indices into `answer.functions`, in order. */
  readonly rows: Uint32Array;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  /** Name of the selected function. */
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
  readonly onFocus: (name: string) => void;
  readonly onMenu: (name: string, at: Point) => void;
  readonly formatValue: (value: number) => string;
  /** All columns; else self and the share of total. */
  readonly wide: boolean;
}

const OVERSCAN = 10;
/** The head sticks to the top of the box. */
const HEAD_PX = 32;
const ROW_PX = 28;
const TOUCH_ROW_PX = 44;
const isTouch = matchMedia('(pointer: coarse)');

/** All functions of the profile, exact whatever the flame graph leaves out. Arrow keys and j, k move the selection. */
export function FunctionTable(props: FunctionTableProps) {
  const { answer, rows, sort, onSort, selected, wide } = props;
  const box = useRef<HTMLDivElement>(null);
  const rowPx = isTouch.matches ? TOUCH_ROW_PX : ROW_PX;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
  });
  const nameOf = (at: number) => answer.strings[answer.functions.name[rows[at] ?? 0] ?? 0] ?? '';
  const selectedAt = selected === undefined ? -1 : rows.findIndex((_, at) => nameOf(at) === selected);
  const { scrollToIndex } = virtual;
  useEffect(() => {
    if (selectedAt >= 0) scrollToIndex(selectedAt, { align: 'auto' });
  }, [selectedAt, scrollToIndex]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 15, PageUp: -15 }[event.key];
    if (step !== undefined && rows.length > 0)
      props.onSelect(nameOf(Math.min(rows.length - 1, Math.max(0, selectedAt + step))));
    else if (event.key === 'Enter' && selectedAt >= 0) props.onFocus(nameOf(selectedAt));
    else return;
    event.preventDefault();
  };
  const largest = useMemo(() => largestOf(answer), [answer]);
  const prefixes = useMemo(() => tellingPrefixes(props.styles, answer.functions.name), [props.styles, answer]);
  const items = virtual.getVirtualItems();
  const before = (items[0]?.start ?? HEAD_PX) - HEAD_PX;
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? HEAD_PX) - HEAD_PX);
  const columns: readonly SortColumn[] = ['function', 'self', 'total'];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: one tab stop for the rows, moved through by arrow keys
    <section className="function-table" ref={box} tabIndex={0} aria-label="Functions" onKeyDown={onKeyDown}>
      <table aria-rowcount={rows.length + 1} className={wide ? 'wide' : undefined}>
        <colgroup>
          <col />
          <col className="value-column" />
          {wide && <col className="share-column" />}
          {wide && <col className="value-column" />}
          <col className="share-column" />
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map((column) => (
              <Head key={column} column={column} sort={sort} onSort={onSort} wide={wide} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer heightPx={before} />}
          {items.map((item) => (
            <Row
              key={item.key}
              {...props}
              row={rows[item.index] ?? 0}
              at={item.index}
              isSelected={item.index === selectedAt}
              largest={largest}
              prefixes={prefixes}
            />
          ))}
          {after > 0 && <Spacer heightPx={after} />}
        </tbody>
      </table>
      {rows.length === 0 && <p className="function-none t3">No function matches.</p>}
    </section>
  );
}

/** What the longest bar of each column stands for; never 0. */
interface Largest {
  readonly self: number;
  readonly total: number;
}

function largestOf({ functions }: CallTreeAnswer): Largest {
  const max = (values: readonly number[]) => values.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  return { self: max(functions.self), total: max(functions.total) };
}

const HEADS: Readonly<Record<SortColumn, string>> = { function: 'Function', self: 'Self', total: 'Total' };

function Head(props: { column: SortColumn; sort: Sort; onSort: (sort: Sort) => void; wide: boolean }) {
  const { column, sort, onSort, wide } = props;
  const isSorted = sort.column === column;
  const order = sort.descending ? 'descending' : 'ascending';
  return (
    <th
      scope="col"
      className={column === 'function' ? undefined : 'r'}
      {...(wide && column !== 'function' ? { colSpan: 2 } : {})}
      {...(isSorted ? { 'aria-sort': order } : {})}
    >
      <button type="button" onClick={() => onSort(nextSort(sort, column))}>
        {HEADS[column]}
        {isSorted && <span aria-hidden="true">{sort.descending ? ' ↓' : ' ↑'}</span>}
      </button>
    </th>
  );
}

function Spacer({ heightPx }: { heightPx: number }) {
  return (
    <tr>
      <td className="spacer" style={{ height: heightPx }} />
    </tr>
  );
}

const COLOURS = colourCss();

interface RowProps extends FunctionTableProps {
  readonly row: number;
  readonly at: number;
  readonly isSelected: boolean;
  readonly largest: Largest;
  /** By index into `answer.strings`. */
  readonly prefixes: ReadonlyMap<number, string>;
}

function Row(props: RowProps) {
  const { answer, styles, row, at, isSelected, wide, formatValue, largest } = props;
  const { functions, strings } = answer;
  const whole = answer.total || 1;
  const nameIndex = functions.name[row] ?? 0;
  const name = strings[nameIndex] ?? '';
  const style = styles[nameIndex];
  const self = functions.self[row] ?? 0;
  const total = functions.total[row] ?? 0;
  return (
    <tr
      aria-rowindex={at + 2}
      aria-selected={isSelected}
      title={name}
      onClick={() => props.onSelect(name)}
      onDoubleClick={() => props.onFocus(name)}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu(name, { x: event.clientX, y: event.clientY });
      }}
    >
      <td>
        <div className="function-name">
          <i style={{ background: COLOURS[style?.colour ?? 0] }} />
          <span className="package">{props.prefixes.get(nameIndex)}</span>
          <span className="symbol">{style?.symbol ?? name}</span>
        </div>
      </td>
      <td className="r">
        <span className="magnitude" style={{ width: `${(self / largest.self) * 100}%` }} />
        <span className="over">{self === 0 ? '0' : formatValue(self)}</span>
      </td>
      {wide && <td className="r t2">{formatPercent(self / whole)}</td>}
      {wide && (
        <td className="r">
          <span className="magnitude" style={{ width: `${(total / largest.total) * 100}%` }} />
          <span className="over">{formatValue(total)}</span>
        </td>
      )}
      <td className="r t2" title={formatValue(total)}>
        {formatPercent(total / whole)}
      </td>
    </tr>
  );
}
