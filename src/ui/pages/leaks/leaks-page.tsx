import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { Verdict as VerdictName } from '../../../model/finding.ts';
import type { ServicesAnswer } from '../../../wire/api.ts';
import { useServices, useStatus } from '../../api/queries.ts';
import { Box, BoxContent, BoxEmpty } from '../../parts/box.tsx';
import { Button } from '../../parts/button.tsx';
import { FindBox } from '../../parts/find-box.tsx';
import { Segmented } from '../../parts/segmented.tsx';
import { TimeControl } from '../../parts/time-control.tsx';
import { VERDICT_WORD, VerdictShape } from '../../parts/verdict.tsx';
import { tickClock, useNowMs } from '../../state/clock.ts';
import { type Range, setRange, useRange } from '../../state/range.ts';
import { choiceParam, type QueryParam, textParam, useQueryParam } from '../../state/url.ts';
import { useZone } from '../../state/zone.ts';
import { caseHref } from '../../text/links.ts';
import { formatAgo, formatInstant } from '../../text/time.ts';
import { useTitle } from '../../text/title.ts';
import { FirstRun } from './first-run.tsx';
import { leaksMeta, leaksSentence } from './leaks-sentence.ts';
import {
  countVerdicts,
  DEFAULT_SORT,
  findServices,
  formatSort,
  parseSort,
  type ServiceSort,
  sortServices,
} from './service-order.ts';
import { ServiceTable } from './service-table.tsx';
import { VerdictNews } from './verdict-news.tsx';
import './leaks.css';

const DEFAULT_FROM = 'now-24h';
const VERDICTS = ['all', 'leak', 'watch', 'steady', 'nodata'] as const;
const VERDICT_PARAM = choiceParam('v', VERDICTS, 'a verdict; showing all services');
const FIND_PARAM = textParam('find');
const SORT_PARAM: QueryParam<ServiceSort> = {
  name: 'sort',
  fallback: DEFAULT_SORT,
  parse: parseSort,
  format: formatSort,
  expected: 'a column with `:asc` or `:desc`; showing the most urgent first',
};

/** Which services leak, worst first. Before the first profile: how to connect one. */
export function LeaksPage() {
  const range = useRange(DEFAULT_FROM);
  const status = useStatus();
  const services = useServices(range);
  const wasFirstRun = useRef(false);
  const hasNone = status.data?.profilesStored === 0 && (services.data?.services.length ?? 0) === 0;
  useEffect(() => {
    if (!hasNone && wasFirstRun.current) tickClock();
  }, [hasNone]);
  if (hasNone) {
    wasFirstRun.current = true;
    return <FirstRun />;
  }
  return (
    <div className="page">
      <Head range={range} answer={services.data} />
      {wasFirstRun.current && services.data !== undefined && <FirstProfile answer={services.data} />}
      <BoxContent query={services} what="services" heightPx={560} framed>
        {(answer) => <Services answer={answer} />}
      </BoxContent>
      <p className="foot">A heap profile names who allocated memory, not who holds it.</p>
    </div>
  );
}

function Head({ range, answer }: { range: Range; answer: ServicesAnswer | undefined }) {
  const zone = useZone();
  const nowMs = useNowMs();
  const services = sortServices(answer?.services ?? [], DEFAULT_SORT);
  const leaks = countVerdicts(services).leak;
  useTitle(leaks === 0 ? 'Leaks' : `${leaks} ${leaks === 1 ? 'leak' : 'leaks'}`);
  const sentence = leaksSentence(services);
  const judgedAt = answer?.judgedAt ?? null;
  return (
    <div className="hero">
      <div>
        {answer === undefined ? (
          <h1 className="headline">Leaks</h1>
        ) : (
          <h1 className="headline">
            {services.length === 0 ? 'No service sent a profile in this range.' : sentence.first}{' '}
            {services.length > 0 && sentence.rest !== '' && <span>{sentence.rest}</span>}
            {sentence.urgent !== null && (
              <span>
                Most urgent: <Link href={caseHref(sentence.urgent.caseId)}>{sentence.urgent.name}</Link>
                {sentence.urgent.growth === '' ? '.' : `, ${sentence.urgent.growth}.`}
              </span>
            )}
          </h1>
        )}
        <p className="num t3">
          {answer !== undefined &&
            leaksMeta(services, judgedAt === null ? null : formatInstant(Date.parse(judgedAt), nowMs, zone))}
        </p>
      </div>
      <TimeControl range={range} defaultFrom={DEFAULT_FROM} liveByDefault />
    </div>
  );
}

/** "my-service sent its first profile 2 s ago", where the page was the first-run page a moment ago. */
function FirstProfile({ answer }: { answer: ServicesAnswer }) {
  const nowMs = useNowMs();
  const [first] = answer.services.toSorted((a, b) => Date.parse(a.firstSeen) - Date.parse(b.firstSeen));
  return (
    <p className="first-profile" role="status">
      {first !== undefined && (
        <>
          <b>{first.name}</b> sent its first profile {formatAgo(Date.parse(first.firstSeen), nowMs)}.
        </>
      )}
    </p>
  );
}

function Services({ answer }: { answer: ServicesAnswer }) {
  const [verdict, setVerdict] = useQueryParam(VERDICT_PARAM);
  const [find, setFind] = useQueryParam(FIND_PARAM);
  const [sort, setSort] = useQueryParam(SORT_PARAM);
  if (answer.services.length === 0) return <NoneInRange />;
  const counts = countVerdicts(answer.services);
  const options = VERDICTS.map((value) => ({
    value,
    label: value === 'all' ? 'All' : VERDICT_WORD[value],
    count: value === 'all' ? answer.services.length : counts[value as VerdictName],
    ...(value === 'all' ? {} : { icon: <VerdictShape verdict={value} /> }),
  }));
  const ofVerdict = answer.services.filter((service) => verdict === 'all' || service.verdict === verdict);
  const shown = sortServices(findServices(ofVerdict, find), sort);
  const clear = () => {
    setFind('');
    setVerdict('all', 'replace');
  };
  return (
    <>
      <VerdictNews services={answer.services} />
      <div className="filters">
        <FindBox label="Filter services" value={find} onChange={setFind} />
        <Segmented label="Verdict" options={options} value={verdict} onChange={setVerdict} />
      </div>
      <Box label="Services">
        {shown.length === 0 ? (
          <BoxEmpty action={<Button onClick={clear}>Clear filter</Button>}>
            No service matches{find === '' ? '' : ` “${find}”`}
            {verdict === 'all' ? '' : ` with verdict ${VERDICT_WORD[verdict]}`}.
          </BoxEmpty>
        ) : (
          <ServiceTable services={shown} sort={sort} onSort={setSort} />
        )}
      </Box>
    </>
  );
}

function NoneInRange() {
  return (
    <Box label="Services">
      <BoxEmpty
        action={<Button onClick={() => setRange('now-30d', 'now', DEFAULT_FROM)}>Show the last 30 days</Button>}
      >
        No service sent a profile in this range.
      </BoxEmpty>
    </Box>
  );
}
