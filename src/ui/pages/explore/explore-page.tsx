import { useMemo } from 'react';
import { Link } from 'wouter';
import { RequestError } from '../../api/client.ts';
import { useServices, useStatus } from '../../api/queries.ts';
import { BoxContent, BoxEmpty } from '../../parts/box.tsx';
import { Button } from '../../parts/button.tsx';
import { useNowMs } from '../../state/clock.ts';
import { type Range, rangeName, setRange, useRange } from '../../state/range.ts';
import { useQueryParam, useUrlState } from '../../state/url.ts';
import { useZone } from '../../state/zone.ts';
import { formatInstant, formatRange } from '../../text/time.ts';
import { useTitle } from '../../text/title.ts';
import { useCallTree, useTimeline, useWholeHistory } from './explore-queries.ts';
import { AGGREGATION, formatMatchers, type Selection, TYPE, useMatchers, useViewState } from './explore-state.ts';
import { flameModel } from './flame-model.ts';
import { ProfileCard } from './profile-card.tsx';
import { defaultProfileType, profileTypeText } from './profile-type-text.ts';
import { DEFAULT_FROM, QueryBar } from './query-bar.tsx';
import { TimelineCard } from './timeline-card.tsx';
import './explore.css';

const PROFILE_HEIGHT_PX = 520;

/** Any profile, any label, any range. */
export function ExplorePage() {
  const range = useRange(DEFAULT_FROM);
  const url = useUrlState();
  const services = useServices(range);
  const [matchers, setMatchers] = useMatchers();
  const offered = services.data?.services ?? [];
  const service = url.get('service') ?? offered[0]?.name;
  const types = offered.find((one) => one.name === service)?.profileTypes ?? [];
  const [chosenType] = useQueryParam(TYPE);
  const type = chosenType || defaultProfileType(types);
  const selection = useMemo(
    () => (service === undefined || type === undefined ? undefined : { service, type, matchers }),
    [service, type, matchers],
  );
  const [aggregation] = useQueryParam(AGGREGATION);
  const { error } = useCallTree(selection, range, aggregation);
  const refusal = error instanceof RequestError && !error.isWorthRetrying ? error.message : '';
  useTitle(selection === undefined ? 'Explore' : `${selection.service}, ${profileTypeText(selection.type).label}`);
  return (
    <div className="page wide explore">
      <h1 className="vh">Explore profiles</h1>
      <QueryBar {...{ services: offered, selection, service, matchers, setMatchers, range, refusal }} />
      {selection !== undefined && <Answer selection={selection} range={range} />}
      {selection === undefined && (
        <section className="card">
          <BoxContent query={services} what="the services" heightPx={PROFILE_HEIGHT_PX}>
            {() => <NoProfiles service={service} range={range} />}
          </BoxContent>
        </section>
      )}
    </div>
  );
}

/** Timeline and profile of a selection. */
function Answer({ selection, range }: { selection: Selection; range: Range }) {
  const [aggregation] = useQueryParam(AGGREGATION);
  const url = useUrlState();
  const state = useViewState();
  const timeline = useTimeline(selection, range, url.get('by'));
  const query = useCallTree(selection, range, aggregation);
  const model = useMemo(() => (query.data === undefined ? undefined : flameModel(query.data)), [query.data]);
  const nowMs = useNowMs();
  const zone = useZone();
  const text = profileTypeText(selection.type);
  const when = rangeName(range.from, range.until) ?? formatRange(range.fromMs, range.untilMs, nowMs, zone);
  if (model !== undefined && model.answer.profileCount === 0 && !query.isPlaceholderData) {
    return (
      <section className="card">
        {selection.matchers.length > 0 ? (
          <NoMatch selection={selection} what={text.label} />
        ) : (
          <NoProfiles service={selection.service} range={range} what={text.label} />
        )}
      </section>
    );
  }
  return (
    <>
      <TimelineCard selection={selection} range={range} seriesCount={model?.answer.seriesCount} />
      {model === undefined || model.answer.total === 0 ? (
        <section className="card">
          <BoxContent query={query} what={`profiles of ${selection.service}`} heightPx={PROFILE_HEIGHT_PX}>
            {() => <BoxEmpty>{text.zeroTotal}</BoxEmpty>}
          </BoxContent>
        </section>
      ) : (
        <ProfileCard
          model={model}
          state={state}
          meanRate={timeline.data?.mean ?? undefined}
          what={`${text.label} of ${selection.service}, ${when}`}
          isRefreshing={query.isFetching}
        />
      )}
    </>
  );
}

/** Nothing has these labels, or nothing that has them sent in this range. */
function NoMatch({ selection, what }: { selection: Selection; what: string }) {
  const url = useUrlState();
  return (
    <BoxEmpty action={<Button onClick={() => url.set({ q: null })}>Clear the filter</Button>}>
      No {what} profiles of {selection.service} in this range match <code>{formatMatchers(selection.matchers)}</code>.
    </BoxEmpty>
  );
}

function UnknownService({ name }: { name: string }) {
  const url = useUrlState();
  return (
    <BoxEmpty
      action={<Button onClick={() => url.set({ service: null, type: null, q: null })}>Show another service</Button>}
    >
      No service called <b>{name}</b> has sent a profile.
    </BoxEmpty>
  );
}

/** An empty range: between when, where the nearest data are, and how to get there. */
function NoProfiles({ service, range, what }: { service: string | undefined; range: Range; what?: string }) {
  const nowMs = useNowMs();
  const zone = useZone();
  const status = useStatus();
  const history = useWholeHistory(true);
  const ever = history.data?.services;
  const known = service === undefined ? ever?.[0] : ever?.find((one) => one.name === service);
  if (status.data?.profilesStored === 0) {
    return (
      <BoxEmpty>
        No profile has arrived yet. <Link href="/">How to connect a program</Link>
      </BoxEmpty>
    );
  }
  if (ever !== undefined && known === undefined && service !== undefined) return <UnknownService name={service} />;
  const lastMs = known === undefined ? undefined : Date.parse(known.lastSeen);
  const isElsewhere = lastMs !== undefined && (lastMs < range.fromMs || lastMs > range.untilMs);
  const goThere = () => {
    if (lastMs !== undefined) setRange(lastMs - (range.untilMs - range.fromMs) + 60_000, lastMs + 60_000);
  };
  return (
    <BoxEmpty action={isElsewhere && <Button onClick={goThere}>Go to the latest profiles</Button>}>
      No {what === undefined ? '' : `${what} `}profiles{service === undefined ? '' : ` from ${service}`} in{' '}
      {formatRange(range.fromMs, range.untilMs, nowMs, zone)}
      {isElsewhere && `. The latest are of ${formatInstant(lastMs, nowMs, zone, { clock: true })}`}.
    </BoxEmpty>
  );
}
