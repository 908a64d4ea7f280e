import type { Spark } from '../../wire/api.ts';
import './sparkline.css';

export interface SparklineProps {
  readonly spark: Spark;
  readonly heightPx: number;
  /** Drawn warm and filled: this is what grows. */
  readonly isGrowing: boolean;
}

const WIDTH = 120;

/**
 * A small line from 0 to its maximum; a gap where no profile arrived. Stands only beside its number, so it has no
 * text. The services of one answer share their x axis.
 */
export function Sparkline({ spark, heightPx, isGrowing }: SparklineProps) {
  const max = Math.max(...spark.values.map((value) => value ?? 0), 1);
  const x = (index: number) => (index / Math.max(spark.values.length - 1, 1)) * WIDTH;
  const y = (value: number) => heightPx - 1.5 - (value / max) * (heightPx - 3);
  const lines = unbroken(spark.values).map((run) =>
    run.map(([index, value]) => `${x(index).toFixed(1)} ${y(value).toFixed(1)}`),
  );
  return (
    <svg
      className={isGrowing ? 'sparkline growing' : 'sparkline'}
      viewBox={`0 0 ${WIDTH} ${heightPx}`}
      preserveAspectRatio="none"
      height={heightPx}
      aria-hidden="true"
    >
      {isGrowing &&
        lines.map((points) => <path key={points[0]} className="sparkline-area" d={areaPath(points, heightPx)} />)}
      {lines.map((points) => (
        <path key={points[0]} className="sparkline-line" d={linePath(points)} vectorEffect="non-scaling-stroke" />
      ))}
    </svg>
  );
}

/** Runs of points without a gap, as [index, value]. */
function unbroken(values: Spark['values']): [number, number][][] {
  const runs: [number, number][][] = [];
  let run: [number, number][] = [];
  for (const [index, value] of values.entries()) {
    if (value === null) run = [];
    else {
      if (run.length === 0) runs.push(run);
      run.push([index, value]);
    }
  }
  return runs;
}

/** One point alone becomes a short dash, so that it shows. */
function linePath(points: readonly string[]): string {
  return points.length === 1 ? `M${points[0]}h1` : `M${points.join('L')}`;
}

function areaPath(points: readonly string[], heightPx: number): string {
  const xOf = (point: string | undefined) => point?.split(' ')[0] ?? '0';
  return `M${points.join('L')}L${xOf(points.at(-1))} ${heightPx}L${xOf(points[0])} ${heightPx}Z`;
}
