import { formatDuration } from '../../../base/units.ts';
import { useNowMs } from '../../state/clock.ts';
import { useZone } from '../../state/zone.ts';
import { formatInstant } from '../../text/time.ts';
import type { Measure } from './trend-card.tsx';

const MAX_ROWS = 40;

/** The charts' data as tables, thinned to 40 rows of what is drawn. */
export function TrendTable({ measures }: { measures: readonly Measure[] }) {
  return measures.map((measure) => <MeasureTable key={measure.title} measure={measure} />);
}

function MeasureTable({ measure: { title, note, series, format } }: { measure: Measure }) {
  const zone = useZone();
  const nowMs = useNowMs();
  const every = Math.max(1, Math.ceil(series.timesMs.length / MAX_ROWS));
  const stepMs = every * ((series.timesMs[1] ?? 0) - (series.timesMs[0] ?? 0));
  const rows = series.timesMs.map((timeMs, index) => ({ timeMs, index })).filter(({ index }) => index % every === 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="trend-table" tabIndex={0} aria-label={title}>
      <table className="data-table">
        <caption>
          {title}, {note}
          {stepMs > 0 && `, every ${formatDuration(stepMs)}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.lines.map(({ instance }) => (
              <th scope="col" className="r" key={instance}>
                {instance}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ timeMs, index }) => (
            <tr key={timeMs}>
              <th scope="row" className="num">
                {formatInstant(timeMs, nowMs, zone, { seconds: true, clock: true })}
              </th>
              {series.lines.map(({ instance, values }) => {
                const value = values[index] ?? null;
                return (
                  <td className="r" key={instance}>
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
