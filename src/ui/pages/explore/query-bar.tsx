import type { Selector } from '../../../model/selector.ts';
import type { Service } from '../../../wire/api.ts';
import { Select } from '../../parts/select.tsx';
import { TimeControl } from '../../parts/time-control.tsx';
import { VerdictShape } from '../../parts/verdict.tsx';
import type { Range } from '../../state/range.ts';
import { useUrlState } from '../../state/url.ts';
import type { Selection } from './explore-state.ts';
import { MatcherInput } from './matcher-input.tsx';
import { profileTypeText, sortProfileTypes } from './profile-type-text.ts';

export const DEFAULT_FROM = 'now-1h';

export interface QueryBarProps {
  readonly services: readonly Service[];
  readonly selection: Selection | undefined;
  readonly service: string | undefined;
  readonly setMatchers: (matchers: Selector) => void;
  readonly matchers: Selector;
  readonly range: Range;
  /** What the server said against the filter; '' where nothing. */
  readonly refusal: string;
}

/** Service, profile type, labels, range. Each change asks at once; there is no Run. */
export function QueryBar({ services, selection, service, matchers, setMatchers, range, refusal }: QueryBarProps) {
  const url = useUrlState();
  const names = services.map((one) => one.name);
  const serviceOptions = services.map((one) => ({
    value: one.name,
    label: one.name,
    icon: <VerdictShape verdict={one.verdict} />,
  }));
  if (service !== undefined && !names.includes(service))
    serviceOptions.push({ value: service, label: service, icon: <VerdictShape verdict="nodata" /> });
  const offered = new Set(services.find((one) => one.name === service)?.profileTypes ?? []);
  const types = sortProfileTypes(offered).map(({ id, ...text }) => ({ value: id, ...text }));
  if (selection !== undefined && !offered.has(selection.type)) {
    const { id, ...text } = profileTypeText(selection.type);
    types.push({ value: id, ...text, note: 'No data in this range' });
  }
  return (
    <search className="query-bar" aria-label="Query">
      <Select
        label="Service"
        hideLabel
        options={serviceOptions}
        value={service ?? null}
        placeholder="No service"
        onChange={(name) => url.set({ service: name, focus: null, sel: null, fn: null, q: null })}
      />
      <Select
        label="Profile type"
        hideLabel
        options={types}
        value={selection?.type ?? null}
        placeholder="No profile type"
        onChange={(type) => url.set({ type })}
      />
      <MatcherInput service={service ?? ''} {...{ matchers, range, refusal }} onChange={setMatchers} />
      <TimeControl range={range} defaultFrom={DEFAULT_FROM} />
    </search>
  );
}
