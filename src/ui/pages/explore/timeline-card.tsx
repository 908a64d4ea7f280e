import { useState } from 'react';
import { formatDuration } from '../../../base/units.ts';
import { isGauge, parseProfileType } from '../../../model/profile-type.ts';
import { Box, BoxContent } from '../../parts/box.tsx';
import { Button } from '../../parts/button.tsx';
import { Select } from '../../parts/select.tsx';
import { lineToken, TimeChart } from '../../parts/time-chart.tsx';
import { useNowMs } from '../../state/clock.ts';
import { type Range, setRange, zoomOut } from '../../state/range.ts';
import { useUrlState } from '../../state/url.ts';
import { useZone } from '../../state/zone.ts';
import { formatInstant } from '../../text/time.ts';
import { useLabelNames, useTimeline } from './explore-queries.ts';
import type { Selection } from './explore-state.ts';
import { pointFormat, profileTypeText } from './profile-type-text.ts';
import { isCoveredInPart, type Timeline, topSeries } from './timeline-series.ts';

const HEIGHT_PX = 128;
const KEPT_LINES = 10;
const UNGROUPED = '';

/** The selection over time: its rate or its mean, drag to choose a range. */
export function TimelineCard(props: { selection: Selection; range: Range; seriesCount: number | undefined }) {
  const { selection, range, seriesCount } = props;
  const url = useUrlState();
  const by = url.get('by');
  const query = useTimeline(selection, range, by);
  const [asTable, setAsTable] = useState(false);
  const labels = useLabelNames(selection.service, selection.matchers, range);
  const text = profileTypeText(selection.type);
  const format = pointFormat(selection.type);
  const options = [
    { value: UNGROUPED, label: 'None', note: 'One line, all series added up' },
    ...(labels.data ?? []).map((name) => ({ value: name, label: name })),
  ];
  return (
    <Box
      id="timeline"
      className="timeline"
      title={text.timelineTitle}
      note={
        query.data !== undefined && (
          <Facts
            timeline={query.data}
            stepS={query.data.stepS}
            isGauge={isGauge(parseProfileType(selection.type))}
            rangeMs={range.untilMs - range.fromMs}
            format={format}
            seriesCount={seriesCount}
          />
        )
      }
      actions={
        <div className="timeline-actions">
          <Select
            label="Group by"
            options={options}
            value={by ?? UNGROUPED}
            onChange={(name) => url.set({ by: name === UNGROUPED ? null : name })}
          />
          <Button
            size="small"
            icon="table"
            pressed={asTable}
            label="View as table"
            onClick={() => setAsTable(!asTable)}
          />
        </div>
      }
    >
      <BoxContent query={query} what="the timeline" heightPx={HEIGHT_PX}>
        {(data) => {
          const shown = topSeries(data, KEPT_LINES);
          return asTable ? (
            <PointTable timeline={shown} format={format} />
          ) : (
            <>
              <TimeChart
                timesMs={shown.timesMs}
                lines={by === null ? shown.series.map((line) => ({ ...line, label: text.label })) : shown.series}
                fromMs={range.fromMs}
                untilMs={range.untilMs}
                format={format}
                isBytes={parseProfileType(selection.type).sampleUnit === 'bytes'}
                sentence={sentenceOf(text.timelineTitle, shown, format)}
                heightPx={HEIGHT_PX}
                onSelect={(fromMs, untilMs) => setRange(fromMs, untilMs)}
                onZoomOut={() => zoomOut(range)}
              />
              {by !== null && <Legend timeline={shown} by={by} />}
            </>
          );
        }}
      </BoxContent>
    </Box>
  );
}

type Format = ReturnType<typeof pointFormat>;

function Facts(facts: {
  timeline: Timeline;
  stepS: number;
  format: Format;
  seriesCount: number | undefined;
  isGauge: boolean;
  rangeMs: number;
}) {
  const { mean, peak, coveredMs } = facts.timeline;
  const of = isCoveredInPart(coveredMs, facts.rangeMs) ? ` of ${formatDuration(coveredMs)} with profiles` : '';
  const how = facts.isGauge ? 'mean of snapshots, step' : 'step';
  return (
    <span className="timeline-facts num">
      {mean !== null && (
        <span>
          <b>{facts.format(mean)}</b> mean<span className="wide-only">{of}</span>
        </span>
      )}
      {peak !== null && (
        <span>
          <b>{facts.format(peak)}</b> peak
        </span>
      )}
      <span>
        {how} {formatDuration(facts.stepS * 1000)}
      </span>
      {facts.seriesCount !== undefined && facts.seriesCount > 1 && <span>{facts.seriesCount} series, summed</span>}
    </span>
  );
}

function Legend({ timeline, by }: { timeline: Timeline; by: string }) {
  return (
    <ul className="timeline-legend" aria-label={`Lines by ${by}`}>
      {timeline.series.map((line, at) => (
        <li key={line.label}>
          <i style={{ background: lineToken(at) }} />
          {line.label === '' ? `no ${by}` : line.label}
        </li>
      ))}
    </ul>
  );
}

/** The same data as text, newest first. */
function PointTable({ timeline, format }: { timeline: Timeline; format: Format }) {
  const nowMs = useNowMs();
  const zone = useZone();
  const rows = timeline.timesMs.map((atMs, at) => ({ atMs, at })).reverse();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="point-table" tabIndex={0} aria-label="Timeline as a table">
      <table>
        <thead>
          <tr>
            <th>Time</th>
            {timeline.series.map((line, at) => (
              <th key={line.label} className="r">
                {line.label || (timeline.series.length === 1 ? 'Value' : `Line ${at + 1}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ atMs, at }) => (
            <tr key={atMs}>
              <td>{formatInstant(atMs, nowMs, zone, { seconds: true, clock: true })}</td>
              {timeline.series.map((line) => {
                const value = line.values[at] ?? null;
                return (
                  <td key={line.label} className="r">
                    {value === null ? '–' : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** "Memory in use: mean 12 MiB, peak 14 MiB, from 11 MiB to 14 MiB." */
function sentenceOf(title: string, timeline: Timeline, format: Format): string {
  const { mean, peak } = timeline;
  if (mean === null || peak === null) return `${title}: no profiles in this range.`;
  const lines = timeline.series.length > 1 ? `, ${timeline.series.length} lines` : '';
  return `${title}${lines}: mean ${format(mean)}, peak ${format(peak)}. Drag to select a range.`;
}
