import { formatDuration, formatExactCount, formatValue } from '../../../base/units.ts';
import type { CallTreeAnswer } from '../../../wire/api.ts';

/** What the picture was made of, and what it leaves out. */
export function StatusLine({ answer, undrawn }: { answer: CallTreeAnswer; undrawn: number }) {
  const { profileCount, seriesCount, stackCount, folded, elapsedMs, unit } = answer;
  return (
    <div className="status-line num" role="status">
      <span>
        {counted(profileCount, 'profile')} from {seriesCount} series, {counted(stackCount, 'stack')}
      </span>
      <span>
        {folded.nodes === 0 && undrawn === 0 && 'Totals are exact; all frames are drawn'}
        {(folded.nodes > 0 || undrawn > 0) && 'Totals are exact'}
        {undrawn > 0 && `; ${counted(undrawn, 'frame')} under 0.5\u202fpx ${undrawn === 1 ? 'is' : 'are'} not drawn`}
        {folded.nodes > 0 &&
          `; ${counted(folded.nodes, 'small frame')}, ${formatValue(folded.value, unit)}, folded into other`}
      </span>
      <span className="grow" />
      <span className="wide-only">{formatDuration(elapsedMs)}</span>
      <span className="wide-only">
        <kbd className="kbd">?</kbd> shortcuts
      </span>
    </div>
  );
}

function counted(count: number, word: string): string {
  return `${formatExactCount(count)} ${word}${count === 1 ? '' : 's'}`;
}
