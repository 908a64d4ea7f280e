import type { Verdict as VerdictName } from '../../model/finding.ts';

/** Shape, word and colour together; never colour alone. */
export const VERDICT_WORD: Readonly<Record<VerdictName, string>> = {
  leak: 'Leak',
  watch: 'Watch',
  steady: 'Steady',
  nodata: 'No data',
};

export function Verdict({ verdict, badge = false }: { verdict: VerdictName; badge?: boolean }) {
  return (
    <span className={`verdict ${verdict}${badge ? ' badge' : ''}`}>
      <VerdictShape verdict={verdict} />
      <span>{VERDICT_WORD[verdict]}</span>
    </span>
  );
}

const DROP = 'M7 1.2c2.5 3.2 4.1 5.1 4.1 7.3a4.1 4.1 0 0 1-8.2 0c0-2.2 1.6-4.1 4.1-7.3Z';

export function VerdictShape({ verdict }: { verdict: VerdictName }) {
  return (
    <svg
      className={`verdict-shape ${verdict}`}
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      aria-hidden="true"
    >
      {verdict === 'leak' && <path d={DROP} fill="currentColor" />}
      {verdict === 'watch' && (
        <>
          <path d={DROP} stroke="currentColor" strokeWidth="1.4" />
          <path d="M3 8.3h8a4 4 0 0 1-8 0Z" fill="currentColor" />
        </>
      )}
      {verdict === 'steady' && <path d="M2 7h10" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />}
      {verdict === 'nodata' && (
        <circle cx="7" cy="7" r="4.6" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 2" />
      )}
    </svg>
  );
}
