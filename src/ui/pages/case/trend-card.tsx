import { useEffect, useMemo, useState } from 'react';
import { formatBytes, formatCount } from '../../../base/units.ts';
import type { Evidence } from '../../../model/finding.ts';
import { Box } from '../../parts/box.tsx';
import { Button } from '../../parts/button.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import { lineToken, TimeChart } from '../../parts/time-chart.tsx';
import { useNowMs } from '../../state/clock.ts';
import { setRange } from '../../state/range.ts';
import { changeQuery } from '../../state/url.ts';
import { useZone } from '../../state/zone.ts';
import { formatInstant } from '../../text/time.ts';
import { type AlignedSeries, alignSegments, instancesOf, sumLines, wholeLines } from './align.ts';
import { trendSentence } from './trend-sentence.ts';
import { TrendTable } from './trend-table.tsx';

/** More lines than this cannot be told apart. */
const MAX_LINES = 8;
const MIN_CHART_PX = 190;
const MAX_CHART_PX = 320;
/** Title of a chart, with its padding. */
const CAPTION_PX = 36;
const SUM_LABEL = 'all instances';

export interface TrendCardProps {
  readonly evidence: Evidence;
  /** What is shown of it. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly isZoomed: boolean;
}

export interface Measure {
  readonly title: string;
  readonly note: string;
  readonly series: AlignedSeries;
  readonly format: (value: number, options?: { readonly trim?: boolean }) => string;
  readonly isBytes: boolean;
}

/** Goroutines and memory of the site on one x axis; drag zooms, double click shows everything. */
export function TrendCard({ evidence, fromMs, untilMs, isZoomed }: TrendCardProps) {
  const [mode, setMode] = useState<'each' | 'sum'>('each');
  const [asTable, setAsTable] = useState(false);
  const instances = useMemo(() => instancesOf(evidence.goroutines, evidence.heapBytes), [evidence]);
  const measures = useMemo(
    () => measuresOf(evidence, instances, fromMs, untilMs, mode),
    [evidence, instances, fromMs, untilMs, mode],
  );
  const showAll = () => changeQuery({ from: null, until: null });
  return (
    <Box
      id="trend"
      className="trend"
      title="Trend"
      note={mode === 'each' && instances.some((instance) => instance !== '') && <Legend instances={instances} />}
      actions={
        <>
          {isZoomed && (
            <Button size="small" icon="zoomOut" onClick={showAll}>
              Show all
            </Button>
          )}
          {instances.length > 1 && (
            <Segmented label="Lines" size="small" options={MODES} value={mode} onChange={setMode} />
          )}
          <Button size="small" kind="ghost" icon="table" pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? 'View as chart' : 'View as table'}
          </Button>
        </>
      }
    >
      {asTable ? (
        <TrendTable measures={measures} />
      ) : (
        <TrendCharts measures={measures} fromMs={fromMs} untilMs={untilMs} onZoomOut={showAll} />
      )}
    </Box>
  );
}

const MODES = [
  { value: 'each', label: 'Per instance' },
  { value: 'sum', label: 'Sum' },
] as const;

interface ChartRange {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly onZoomOut: () => void;
}

/** The charts share the height of the card, which is that of its neighbour where that is taller. */
function TrendCharts({ measures, ...range }: ChartRange & { measures: readonly Measure[] }) {
  const [area, setArea] = useState<HTMLDivElement | null>(null);
  const [areaPx, setAreaPx] = useState(0);
  useEffect(() => {
    if (area === null) return;
    const resizes = new ResizeObserver(() => setAreaPx(area.clientHeight));
    resizes.observe(area);
    return () => resizes.disconnect();
  }, [area]);
  const heightPx = Math.floor(areaPx / Math.max(measures.length, 1)) - CAPTION_PX;
  return (
    <div className="trend-area" ref={setArea} style={{ minHeight: measures.length * (MIN_CHART_PX + CAPTION_PX) }}>
      <div className="trend-charts">
        {areaPx > 0 &&
          measures.map((measure) => (
            <TrendChart key={measure.title} measure={measure} heightPx={Math.min(heightPx, MAX_CHART_PX)} {...range} />
          ))}
      </div>
    </div>
  );
}

function TrendChart(props: ChartRange & { measure: Measure; heightPx: number }) {
  const { title, note, series, format, isBytes } = props.measure;
  const zone = useZone();
  const nowMs = useNowMs();
  const lines = series.lines.slice(0, MAX_LINES).map(({ instance, values }) => ({ label: instance, values }));
  const sentence = trendSentence(title, series, format, (atMs) => formatInstant(atMs, nowMs, zone, { clock: true }));
  return (
    <figure className="trend-figure">
      <figcaption>
        <h3>{title}</h3>
        <span className="t3">{note}</span>
      </figcaption>
      <TimeChart
        timesMs={series.timesMs}
        lines={lines}
        fromMs={props.fromMs}
        untilMs={props.untilMs}
        format={format}
        isBytes={isBytes}
        sentence={sentence}
        heightPx={props.heightPx}
        onSelect={(from, until) => setRange(from, until)}
        onZoomOut={props.onZoomOut}
      />
    </figure>
  );
}

function Legend({ instances }: { instances: readonly string[] }) {
  const hidden = instances.length - MAX_LINES;
  return (
    <span className="legend">
      {instances.slice(0, MAX_LINES).map((instance, index) => (
        <span key={instance} title={instance}>
          <i style={{ background: lineToken(index) }} />
          <span className="trunc">{instance || 'no instance label'}</span>
        </span>
      ))}
      {hidden > 0 && <span>{hidden} less steep are not drawn; the table and the sum have them</span>}
    </span>
  );
}

function measuresOf(
  evidence: Evidence,
  instances: readonly string[],
  fromMs: number,
  untilMs: number,
  mode: 'each' | 'sum',
): readonly Measure[] {
  const aligned = (segments: Evidence['goroutines']) => {
    const each = alignSegments(segments, instances, fromMs, untilMs);
    return mode === 'sum' ? sumLines(each, SUM_LABEL) : each;
  };
  const of = mode === 'sum' ? 'all instances added' : 'per instance';
  const measures: Measure[] = [];
  if (evidence.goroutines.length > 0) {
    const series = wholeLines(aligned(evidence.goroutines));
    measures.push({ title: 'Goroutines at this site', note: of, series, format: formatCount, isBytes: false });
  }
  if (evidence.heapBytes.length > 0) {
    const series = aligned(evidence.heapBytes);
    measures.push({
      title: 'Memory in use, allocated on this path',
      note: of,
      series,
      format: formatBytes,
      isBytes: true,
    });
  }
  return measures;
}
