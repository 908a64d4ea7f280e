import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
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

interface Hover {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

/** Lines over time by uPlot. Drag selects a range, double click zooms out; hover shows the values of an instant. */
export function TimeChart(props: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<Hover | null>(null);
  const zone = useZone();
  usePlot(host, props, zone, setHover);
  return (
    <div className="time-chart" ref={host} role="img" aria-label={props.sentence} style={{ height: props.heightPx }}>
      <PointTip point={hover}>{hover !== null && <TipText {...props} index={hover.index} zone={zone} />}</PointTip>
    </div>
  );
}

/** A plot for as long as colours, zone, number of lines and height stay; then another one. */
function usePlot(
  host: RefObject<HTMLDivElement | null>,
  props: TimeChartProps,
  zone: string | undefined,
  onHover: (hover: Hover | null) => void,
): void {
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  latest.current = props;
  const theme = usePaintedTheme();
  const { timesMs, lines, fromMs, untilMs, heightPx, isBytes } = props;
  const count = lines.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and unit decide what is read below
  useLayoutEffect(() => {
    const element = host.current;
    if (element === null) return;
    const setting = { width: element.clientWidth, height: heightPx, count, zone, props: () => latest.current, onHover };
    const created = new uPlot(options(setting), [[], ...Array.from({ length: count }, () => [])], element);
    plot.current = created;
    const letGo = holdLiveWhilePressed(created.over);
    const resizes = new ResizeObserver(() => created.setSize({ width: element.clientWidth, height: heightPx }));
    resizes.observe(element);
    return () => {
      letGo();
      resizes.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, [host, onHover, theme, zone, count, heightPx, isBytes]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot needs its data too
  useEffect(() => {
    plot.current?.setData([timesMs.map((ms) => ms / 1000), ...lines.map((line) => [...line.values])]);
  }, [timesMs, lines, fromMs, untilMs, theme, zone, count, heightPx, isBytes]);
}

/** A live page must not move under a drag. Returns the undoing. */
function holdLiveWhilePressed(over: HTMLElement): () => void {
  let release: (() => void) | undefined;
  const letGo = () => {
    release?.();
    release = undefined;
  };
  over.addEventListener('mousedown', () => {
    release ??= holdLive();
  });
  addEventListener('mouseup', letGo);
  return () => {
    letGo();
    removeEventListener('mouseup', letGo);
  };
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
  readonly onHover: (hover: Hover | null) => void;
}

function options({ width, height, count, zone, props, onHover }: Setting): uPlot.Options {
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
    axes: axes(zone, props),
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
          const index = left < 0 ? undefined : (idx ?? undefined);
          onHover(index === undefined ? null : { index, x: rect.left + left, y: rect.top });
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

function axes(zone: string | undefined, props: () => TimeChartProps): uPlot.Axis[] {
  const shared = {
    stroke: tokenColour('--chart-axis'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    ticks: { show: false },
  };
  const widthOf = (labels: readonly string[] | null) =>
    Math.max(MIN_AXIS_PX, ...(labels ?? []).map((label) => label.length * AXIS_DIGIT_PX + 16));
  return [
    {
      ...shared,
      grid: { show: false },
      size: 28,
      gap: 6,
      space: 90,
      incrs: [...TICK_STEPS_S],
      values: (_, ticksS, __, ___, stepS) => tickLabels(ticksS, stepS, zone),
    },
    {
      ...shared,
      grid: { stroke: tokenColour('--chart-grid'), width: 1 },
      size: (_, labels) => widthOf(labels),
      gap: 8,
      space: 34,
      incrs: valueSteps(props().isBytes ?? false),
      values: (_, ticks) => ticks.map((value) => (value === 0 ? '0' : props().format(value, { trim: true }))),
    },
  ];
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
