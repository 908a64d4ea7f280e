import { Link } from 'wouter';
import { parseUiTimeMs } from '../../../model/ui-time.ts';
import type { CaseAnswer, Finding } from '../../../wire/api.ts';
import { RequestError } from '../../api/client.ts';
import { useCase } from '../../api/queries.ts';
import { BoxContent } from '../../parts/box.tsx';
import { tickClock, useNowMs } from '../../state/clock.ts';
import { useBadValue, useUrlState } from '../../state/url.ts';
import { useTitle } from '../../text/title.ts';
import { AllocationCard } from './allocation-card.tsx';
import { CaseHead } from './case-head.tsx';
import { StackCard } from './stack-card.tsx';
import { TrendCard } from './trend-card.tsx';
import { WhyCard } from './why-card.tsx';
import './case.css';
import './case-cards.css';

/** One leak: is it certain, where is it, what does it cost. */
export function CasePage({ id }: { id: string }) {
  const nowMs = useNowMs();
  const query = useCase(id, nowMs);
  const isMissing = query.error instanceof RequestError && query.error.status === 404;
  useTitle(caseTitle(id, query.data?.finding));
  if (isMissing) return <NoCase id={id} />;
  return (
    <div className="page case">
      <nav className="crumb" aria-label="Breadcrumb">
        <Link href="/">Leaks</Link>
        <span aria-hidden="true">/</span>
        {query.data !== undefined && (
          <>
            <Link href={`/?find=${encodeURIComponent(query.data.finding.service)}`}>{query.data.finding.service}</Link>
            <span aria-hidden="true">/</span>
          </>
        )}
        <span aria-current="page">case {id}</span>
      </nav>
      {query.data === undefined && <h1 className="headline">Case {id}</h1>}
      <BoxContent
        query={{ ...query, refetch: tickAndRefetch(query.refetch) }}
        what={`case ${id}`}
        heightPx={640}
        framed
      >
        {(answer) => <Case answer={answer} />}
      </BoxContent>
    </div>
  );
}

/** Short and steady: the headline changes with every judgement. */
function caseTitle(id: string, finding: Finding | undefined): string {
  return finding === undefined ? `Case ${id}` : `Case ${id}: ${finding.service} ${finding.verdict}`;
}

function tickAndRefetch(refetch: () => unknown): () => void {
  return () => {
    tickClock();
    refetch();
  };
}

function Case({ answer }: { answer: CaseAnswer }) {
  const { finding, evidence } = answer;
  const zoom = useZoom(evidence);
  const stack = <StackCard finding={finding} evidence={evidence} />;
  const allocation = <AllocationCard finding={finding} evidence={evidence} />;
  return (
    <>
      <CaseHead answer={answer} />
      <div className="case-wide">
        <TrendCard evidence={evidence} {...zoom} />
        <WhyCard finding={finding} />
      </div>
      <div className="case-half">
        {finding.kind === 'heap' ? allocation : stack}
        {finding.kind === 'heap' ? stack : allocation}
      </div>
    </>
  );
}

/** `from` and `until` of the URL where both stand there, else all of the evidence. */
function useZoom({ fromMs, untilMs }: { fromMs: number; untilMs: number }) {
  const url = useUrlState();
  const nowMs = useNowMs();
  const [from, until] = [url.get('from'), url.get('until') ?? 'now'];
  const zoomFromMs = from === null ? undefined : parseUiTimeMs(from, nowMs);
  const zoomUntilMs = parseUiTimeMs(until, nowMs);
  useBadValue('from', from !== null && zoomFromMs === undefined ? from : null, 'a time; showing all of the case');
  useBadValue('until', zoomUntilMs === undefined ? until : null, 'a time; showing all of the case');
  if (zoomFromMs === undefined || zoomUntilMs === undefined || zoomFromMs >= zoomUntilMs)
    return { fromMs, untilMs, isZoomed: false };
  return { fromMs: zoomFromMs, untilMs: zoomUntilMs, isZoomed: true };
}

function NoCase({ id }: { id: string }) {
  return (
    <div className="page">
      <h1 className="headline">There is no case {id}.</h1>
      <p className="t2">
        It may be in another data directory. <Link href="/">All open leaks</Link>
      </p>
    </div>
  );
}
