import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useNowMs } from '../state/clock.ts';
import { holdLive } from '../state/live.ts';
import { tokenColour, usePaintedTheme } from '../state/theme.ts';
import { useZone } from '../state/zone.ts';
import { formatInstant } from '../text/time.ts';
import { isolatedPoints, TICK_STEPS_S, tickLabels, valueSteps } from './time-chart-axis.ts';
import { PointTip } from './tooltip.tsx';
import './time-chart.css';

export interface TimeChartLine {
  readonly label: string;
  /** One for each of `timesMs`; null where there is none, which is drawn as a gap. */
  readonly values: readonly (number | null)[];
}

export interface TimeChartProps {
  readonly timesMs: readonly number[];
  readonly lines: readonly TimeChartLine[];
  /** Ends of the x axis. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly format: (value: number, options?: { readonly trim?: boolean }) => string;
  /** The y axis counts in powers of 1024. */
  readonly isBytes?: boolean;
  /** A sentence that says what the chart shows, for readers of screens. */
  readonly sentence: string;
  readonly heightPx: number;
  /** A range was dragged. */
  readonly onSelect: (fromMs: number, untilMs: number) => void;
  readonly onZoomOut: () => void;
}

const LINE_COLOURS = 8;
/** So that charts of one page line up unless a label is long. */
const MIN_AXIS_PX = 70;
const AXIS_DIGIT_PX = 6;
const MIN_DRAG_PX = 5;
const MAX_TIP_LINES = 8;

/** Lines over time by uPlot. Drag selects a range, double click zooms out; hover shows the values of an instant. */
export function TimeChart(props: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = usePaintedTheme();
  const zone = useZone();
  const [hover, setHover] = useState<{ index: number; x: number; y: number } | null>(null);
  const { timesMs, lines, fromMs, untilMs, heightPx, sentence } = props;
  const count = lines.length;

  // biome-ignore lint/correctness/useExhaustiveDependencies: theme decides the colours that are read below
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    let release: (() => void) | undefined;
    const created = new uPlot(
      options({
        width: element.clientWidth,
        height: heightPx,
        count,
        zone,
        props: () => latest.current,
        onHover: (index, x, y) => setHover(index === null ? null : { index, x, y }),
      }),
      [[], ...Array.from({ length: count }, () => [])],
      element,
    );
    plot.current = created;
    // A live page must not move under a drag.
    const hold = () => {
      release ??= holdLive();
    };
    const letGo = () => {
      release?.();
      release = undefined;
    };
    created.over.addEventListener('mousedown', hold);
    addEventListener('mouseup', letGo);
    const resizes = new ResizeObserver(() => created.setSize({ width: element.clientWidth, height: heightPx }));
    resizes.observe(element);
    return () => {
      letGo();
      removeEventListener('mouseup', letGo);
      resizes.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, [theme, zone, count, heightPx, props.isBytes]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot needs its data too
  useEffect(() => {
    plot.current?.setData([timesMs.map((ms) => ms / 1000), ...lines.map((line) => [...line.values])]);
  }, [timesMs, lines, fromMs, untilMs, theme, zone, count, heightPx, props.isBytes]);

  return (
    <div className="time-chart" ref={host} role="img" aria-label={sentence} style={{ height: heightPx }}>
      <PointTip point={hover}>{hover !== null && <TipText {...props} index={hover.index} zone={zone} />}</PointTip>
    </div>
  );
}

function TipText({
  timesMs,
  lines,
  format,
  index,
  zone,
}: TimeChartProps & { index: number; zone: string | undefined }) {
  const nowMs = useNowMs();
  const atMs = timesMs[index];
  if (atMs === undefined) return null;
  const present = lines
    .map((line, at) => ({ ...line, at, value: line.values[index] ?? null }))
    .filter((line): line is typeof line & { value: number } => line.value !== null)
    .sort((a, b) => b.value - a.value);
  return (
    <>
      <div className="t3">{formatInstant(atMs, nowMs, zone, { seconds: true, clock: true })}</div>
      {present.length === 0 && <div>no profile</div>}
      <dl>
        {present.slice(0, MAX_TIP_LINES).map((line) => (
          <div key={line.at} className="tip-fact">
            <dt>
              {lines.length > 1 && <i className="time-chart-key" style={{ background: lineToken(line.at) }} />}
              {line.label}
            </dt>
            <dd>{format(line.value)}</dd>
          </div>
        ))}
      </dl>
      {present.length > MAX_TIP_LINES && <div className="t3">and {present.length - MAX_TIP_LINES} more</div>}
    </>
  );
}

/** CSS colour of line `at`. */
export function lineToken(at: number): string {
  return `var(--chart-${(at % LINE_COLOURS) + 1})`;
}

interface Setting {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly zone: string | undefined;
  readonly props: () => TimeChartProps;
  readonly onHover: (index: number | null, x: number, y: number) => void;
}

function options({ width, height, count, zone, props, onHover }: Setting): uPlot.Options {
  const axis = tokenColour('--chart-axis');
  const grid = { stroke: tokenColour('--chart-grid'), width: 1 };
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 16, 0, 0],
    tzDate: (seconds) => {
      const date = new Date(seconds * 1000);
      return zone === undefined ? date : uPlot.tzDate(date, zone);
    },
    scales: {
      x: { range: () => [props().fromMs / 1000, props().untilMs / 1000] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        stroke: axis,
        font,
        grid: { show: false },
        ticks: { show: false },
        size: 28,
        gap: 6,
        space: 90,
        incrs: [...TICK_STEPS_S],
        values: (_, splits, __, ___, stepS) => tickLabels(splits, stepS, zone),
      },
      {
        stroke: axis,
        font,
        grid,
        ticks: { show: false },
        size: (_, labels) => Math.max(MIN_AXIS_PX, ...(labels ?? []).map((label) => label.length * AXIS_DIGIT_PX + 16)),
        gap: 8,
        space: 34,
        incrs: valueSteps(props().isBytes ?? false),
        values: (_, splits) => splits.map((value) => (value === 0 ? '0' : props().format(value, { trim: true }))),
      },
    ],
    series: [{}, ...Array.from({ length: count }, (_, at) => lineOptions(at, count === 1))],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      bind: {
        dblclick: () => () => {
          props().onZoomOut();
          return null;
        },
      },
    },
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left = -1 } = plot.cursor;
          const rect = plot.over.getBoundingClientRect();
          onHover(left < 0 || idx === null || idx === undefined ? null : idx, rect.left + left, rect.top);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width: widthPx } = plot.select;
          if (widthPx < MIN_DRAG_PX) return;
          props().onSelect(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + widthPx, 'x') * 1000);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function lineOptions(at: number, filled: boolean): uPlot.Series {
  const stroke = tokenColour(`--chart-${(at % LINE_COLOURS) + 1}`);
  return {
    stroke,
    width: 1.4,
    spanGaps: false,
    // A point between two gaps has no line to be on.
    points: { show: true, size: 3, fill: stroke, filter: (plot, line) => isolatedPoints(plot.data[line] ?? []) },
    ...(filled ? { fill: withAlpha(stroke, 0.11) } : {}),
  };
}

/** `rgb(r, g, b)`, as the browser resolves tokens, with an alpha. */
function withAlpha(colour: string, alpha: number): string {
  return `color-mix(in srgb, ${colour} ${alpha * 100}%, transparent)`;
}
