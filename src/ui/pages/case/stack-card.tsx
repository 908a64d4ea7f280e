import { useState } from 'react';
import { shortName } from '../../../analysis/go-frames.ts';
import { formatExactCount, formatRate, formatSigned } from '../../../base/units.ts';
import type { Evidence, EvidenceFrame } from '../../../model/finding.ts';
import type { Finding } from '../../../wire/api.ts';
import { Box } from '../../parts/box.tsx';
import { fileLine } from '../../text/file-name.ts';
import { growthNow } from '../../text/growth.ts';
import { type BigNumber, BigNumbers } from './big-numbers.tsx';
import { ExploreLink } from './explore-link.tsx';
import { useLastTime } from './last-time.ts';

const FRAMES_SHOWN = 14;

/** Where goroutines block, or where memory is allocated for a leak of memory alone: leaf first, the site marked. */
export function StackCard({ finding, evidence }: { finding: Finding; evidence: Evidence }) {
  const isHeap = finding.kind === 'heap';
  const at = useLastTime(finding);
  return (
    <Box
      id="blocks"
      className="stack-card"
      title={isHeap ? 'Where memory is allocated' : 'Where goroutines block'}
      actions={<ExploreLink finding={finding} sampleType={isHeap ? 'inuse_space' : 'goroutine'} />}
    >
      {!isHeap && <BigNumbers numbers={blockedNumbers(finding, evidence, at)} />}
      <Stack frames={evidence.stack} />
      {finding.spawn !== null && (
        <p className="stack-spawn">
          <i className="stack-dot own" aria-hidden="true" />
          <span>
            started by <code title={finding.spawn.function}>{shortName(finding.spawn.function)}</code>
          </span>
        </p>
      )}
    </Box>
  );
}

function blockedNumbers(finding: Finding, evidence: Evidence, at: string): readonly BigNumber[] {
  const numbers: BigNumber[] = [];
  const rate = growthNow(finding).goroutinesPerSecond;
  if (evidence.goroutinesNow !== null)
    numbers.push({
      value: formatExactCount(evidence.goroutinesNow),
      label: `goroutines here at ${at}`,
      isWarm: finding.verdict === 'leak',
    });
  if (finding.waitState !== null) numbers.push({ value: finding.waitState, label: 'wait state' });
  if (rate !== null) numbers.push({ value: formatSigned(rate.value, formatRate), label: 'growth' });
  if (evidence.provenGoroutines !== null)
    numbers.push({ value: formatExactCount(evidence.provenGoroutines), label: 'proven leaked by the Go runtime' });
  return numbers;
}

function Stack({ frames }: { frames: readonly EvidenceFrame[] }) {
  const [showAll, setShowAll] = useState(false);
  const site = frames.findIndex((frame) => frame.isSite);
  const count = showAll ? frames.length : Math.max(FRAMES_SHOWN, site + 2);
  const hidden = frames.length - count;
  return (
    <>
      <ol className="stack">
        {frames.slice(0, count).map((frame, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: recursion repeats frames; their place is their identity
          <li key={index} className={frame.isSite ? `${frame.role} site` : frame.role}>
            <i className="stack-dot" aria-hidden="true" />
            <span className="stack-name" title={frame.function}>
              {shortName(frame.function)}
              {frame.isSite && <span className="vh"> (this finding's site)</span>}
            </span>
            <span className="stack-file" title={frame.file}>
              {fileLine(frame)}
            </span>
          </li>
        ))}
      </ol>
      {hidden > 0 && (
        <button type="button" className="stack-more" onClick={() => setShowAll(true)}>
          Show {hidden} more
        </button>
      )}
    </>
  );
}
