import { formatDuration } from '../../../base/units.ts';
import type { CaseAnswer, Finding } from '../../../wire/api.ts';
import { CopyButton } from '../../parts/code-block.tsx';
import { LiveButton } from '../../parts/live-button.tsx';
import { MarkedText } from '../../parts/marked-text.tsx';
import { Verdict } from '../../parts/verdict.tsx';
import { useNowMs } from '../../state/clock.ts';
import { useZone } from '../../state/zone.ts';
import { localTimes } from '../../text/local-times.ts';
import { formatAgo, formatInstant } from '../../text/time.ts';
import { type Fact, growthFacts, nowFact } from './facts.ts';

/** Verdict, headline, lead, what changed about the case, and the fact strip. */
export function CaseHead({ answer }: { answer: CaseAnswer }) {
  const { finding } = answer;
  const zone = useZone();
  const nowMs = useNowMs();
  const at = (iso: string) => (
    <time dateTime={iso}>{formatInstant(Date.parse(iso), nowMs, zone, { clock: true })}</time>
  );
  return (
    <>
      <div className="case-head">
        <div>
          <div className="case-meta">
            <Verdict verdict={finding.verdict} badge />
            {finding.state !== 'open' && <span className="tag">{finding.state}</span>}
            {finding.version !== null && <span className="tag">{finding.version}</span>}
            <span>
              Found {at(finding.firstSeen)}, judged again {at(answer.judgedAt)}
            </span>
          </div>
          <h1 className="headline">{localTimes(finding.headline, Date.parse(finding.lastSeen), nowMs, zone)}</h1>
          <p className="lead num">
            <MarkedText text={finding.lead} message={finding.messages.lead} nearMs={Date.parse(finding.lastSeen)} />
          </p>
        </div>
        <div className="case-actions no-print">
          <CopyButton text={location.href} label="Copy link" size="normal" />
          <LiveButton isPossible isDefault onImpossible={() => undefined} />
        </div>
      </div>
      <StateBanner finding={finding} />
      <Facts facts={factsOf(answer, nowMs, zone)} />
    </>
  );
}

function StateBanner({ finding }: { finding: Finding }) {
  const nowMs = useNowMs();
  const zone = useZone();
  const text = stateText(finding);
  if (text === null) return null;
  return (
    <p className="case-state" role="status">
      {localTimes(text, Date.parse(finding.lastSeen), nowMs, zone)}
    </p>
  );
}

function stateText(finding: Finding): string | null {
  if (finding.state === 'closed') return `This case is closed. ${finding.closedBecause ?? ''}`.trim();
  if (finding.state === 'regressed') return 'This leak was gone and is back.';
  if (finding.levelledOff) return 'The growth has ended; what has leaked is still there, so the case stays open.';
  return null;
}

function factsOf({ finding, evidence }: CaseAnswer, nowMs: number, zone: string | undefined): readonly Fact[] {
  const sinceMs = Date.parse(finding.growingSince);
  const lastMs = Date.parse(finding.lastSeen);
  const now = nowFact(evidence, formatInstant(lastMs, nowMs, zone, { clock: true }));
  const inVersion = finding.version === null ? '' : `in ${finding.version}`;
  return [
    ...growthFacts(finding, evidence),
    {
      label: finding.levelledOff ? 'Growth began' : 'Growing since',
      value: formatInstant(sinceMs, nowMs, zone, { clock: true }),
      detail: [finding.levelledOff ? '' : `for ${formatDuration(Math.max(lastMs - sinceMs, 0))}`, inVersion]
        .filter(Boolean)
        .join(', '),
    },
    {
      label: 'Seen on',
      value: `${finding.instances} ${finding.instances === 1 ? 'instance' : 'instances'}`,
      detail: `last profile ${formatAgo(lastMs, nowMs)}`,
    },
    ...(now === null ? [] : [now]),
  ];
}

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts num" data-count={facts.length}>
      {facts.map(({ label, value, detail, grows }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className={grows === true ? 'fact-value up' : 'fact-value'}>{value}</dd>
          <dd className="fact-detail">{detail}</dd>
        </div>
      ))}
    </dl>
  );
}
