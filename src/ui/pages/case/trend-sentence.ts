import { type AlignedSeries, sumLines } from './align.ts';

/** What a chart shows, in words: its first and last value, all instances added. */
export function trendSentence(
  title: string,
  series: AlignedSeries,
  format: (value: number) => string,
  formatTime: (atMs: number) => string,
): string {
  const values = sumLines(series, '').lines[0]?.values ?? [];
  const first = values.findIndex((value) => value !== null);
  const last = values.findLastIndex((value) => value !== null);
  const at = (index: number) => `${format(values[index] ?? 0)} at ${formatTime(series.timesMs[index] ?? 0)}`;
  if (first < 0) return `${title}: no profiles in this range.`;
  if (first === last) return `${title}: ${at(first)}.`;
  const count = series.lines.length;
  const of = count === 1 ? '' : `, ${count} instances added`;
  return `${title}${of}: ${at(first)}, ${at(last)}.`;
}
