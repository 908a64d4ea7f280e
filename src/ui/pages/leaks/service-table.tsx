import { Fragment, type ReactNode, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Finding, Service } from '../../../wire/api.ts';
import { useOpenFindings } from '../../api/queries.ts';
import { MarkedText } from '../../parts/marked-text.tsx';
import { MenuAt } from '../../parts/menu.tsx';
import { Verdict } from '../../parts/verdict.tsx';
import { useNowMs } from '../../state/clock.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { useZone } from '../../state/zone.ts';
import { caseHref } from '../../text/links.ts';
import { groupCounts } from './leaks-sentence.ts';
import { serviceMenu } from './service-menu.ts';
import { nextSort, type ServiceColumn, type ServiceSort } from './service-order.ts';
import { hrefOf, ServiceRow } from './service-row.tsx';
import './service-table.css';
import './service-cards.css';

export interface ServiceTableProps {
  readonly services: readonly Service[];
  readonly sort: ServiceSort;
  readonly onSort: (sort: ServiceSort) => void;
}

const COLUMNS: readonly { name: ServiceColumn; label: string; className: string }[] = [
  { name: 'urgency', label: 'Verdict', className: 'c-verdict' },
  { name: 'name', label: 'Service', className: 'c-service' },
  { name: 'goroutines', label: 'Goroutines', className: 'c-goroutines' },
  { name: 'memory', label: 'Memory in use', className: 'c-memory' },
  { name: 'growth', label: 'Growth, since', className: 'c-growth r' },
  { name: 'seen', label: 'Last profile', className: 'c-seen r' },
];

/** Rows shown at once. Above this many services, those without a finding stand behind one line. */
const PAGE_ROWS = 200;

export function ServiceTable({ services, sort, onSort }: ServiceTableProps) {
  const [menu, setMenu] = useState<{ service: Service; point: { x: number; y: number } } | null>(null);
  const [showQuiet, setShowQuiet] = useState(false);
  const [limit, setLimit] = useState(PAGE_ROWS);
  const navigate = useLocation()[1];
  const loud = services.filter(isLoud);
  const quiet = services.filter(isQuiet);
  const unjudged = quiet.filter((service) => service.verdict === 'nodata');
  const steady = quiet.filter((service) => service.verdict !== 'nodata');
  const isGrouped = sort.column === 'urgency' && sort.descending && loud.length > 0 && quiet.length > 0;
  const isCollapsed = isGrouped && services.length > PAGE_ROWS && !showQuiet;
  const listed = isCollapsed ? loud : services;
  const shown = listed.slice(0, limit);
  const selected = useRowCursor(shown, navigate);
  const row = (service: Service) => (
    <RowWithFindings
      key={service.name}
      service={service}
      isSelected={service.name === selected}
      onOpen={() => navigate(hrefOf(service))}
      onMenu={(point) => setMenu({ service, point })}
    />
  );
  return (
    <>
      <table className="service-table" aria-label="Services">
        <SortHead sort={sort} onSort={onSort} />
        {isGrouped ? (
          <>
            <tbody>{shown.filter(isLoud).map(row)}</tbody>
            {[unjudged, steady]
              .filter((group) => group.length > 0)
              .map((group) => (
                <tbody key={group === steady ? 'steady' : 'unjudged'}>
                  <GroupHead title={group === steady ? 'No action needed' : 'Not judged'} counts={groupCounts(group)}>
                    {isCollapsed && (
                      <button type="button" className="more-findings" onClick={() => setShowQuiet(true)}>
                        Show
                      </button>
                    )}
                  </GroupHead>
                  {shown.filter((service) => group.includes(service)).map(row)}
                </tbody>
              ))}
          </>
        ) : (
          <tbody>{shown.map(row)}</tbody>
        )}
      </table>
      {listed.length > shown.length && (
        <p className="rows-more num">
          {shown.length} of {listed.length} services.{' '}
          <button type="button" className="more-findings" onClick={() => setLimit(limit + PAGE_ROWS)}>
            Show {Math.min(PAGE_ROWS, listed.length - shown.length)} more
          </button>
        </p>
      )}
      <MenuAt
        label={menu === null ? '' : `Actions for ${menu.service.name}`}
        point={menu?.point ?? null}
        items={menu === null ? [] : serviceMenu(menu.service, navigate)}
        onClose={() => setMenu(null)}
      />
    </>
  );
}

function isLoud(service: Service): boolean {
  return service.topFinding !== null;
}

function isQuiet(service: Service): boolean {
  return service.topFinding === null;
}

function SortHead({ sort, onSort }: Pick<ServiceTableProps, 'sort' | 'onSort'>) {
  return (
    <thead>
      <tr>
        {COLUMNS.map(({ name, label, className }) => {
          const isSorted = sort.column === name;
          const direction = sort.descending ? 'descending' : 'ascending';
          return (
            <th key={name} className={className} aria-sort={isSorted ? direction : 'none'} scope="col">
              <button type="button" className="sort" onClick={() => onSort(nextSort(sort, name))}>
                {label}
                <span className="sort-arrow" aria-hidden="true">
                  {isSorted && name !== 'urgency' && (sort.descending ? '↓' : '↑')}
                </span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function GroupHead({ title, counts, children }: { title: string; counts: string; children: ReactNode }) {
  return (
    <tr className="group-row">
      <th className="group-head" colSpan={2} scope="rowgroup">
        {title} <span>{counts}</span> {children}
      </th>
      <NumberCells />
    </tr>
  );
}

/** Empty cells under the columns of numbers: a column span would bring back columns that a narrow page hides. */
function NumberCells() {
  return COLUMNS.slice(2).map(({ name, className }) => <td key={name} className={className} />);
}

/** A service's row, and its other findings once they are opened. */
function RowWithFindings(props: {
  service: Service;
  isSelected: boolean;
  onOpen: () => void;
  onMenu: (point: { x: number; y: number }) => void;
}) {
  const { service } = props;
  const [isOpen, setOpen] = useState(false);
  const nowMs = useNowMs();
  const zone = useZone();
  const count = service.findings - 1;
  const more = count > 0 ? { count, isOpen, toggle: () => setOpen(!isOpen) } : null;
  return (
    <Fragment>
      <ServiceRow {...props} nowMs={nowMs} zone={zone} more={more} />
      {isOpen && <OtherFindings service={service} />}
    </Fragment>
  );
}

function OtherFindings({ service }: { service: Service }) {
  const findings = useOpenFindings().data?.findings ?? [];
  const isOther = (finding: Finding) => finding.service === service.name && finding.id !== service.topFinding?.id;
  return findings.filter(isOther).map((finding) => (
    <tr key={finding.id} className="service-row other">
      <td className="c-verdict">
        <Verdict verdict={finding.verdict} />
      </td>
      <td className="c-service">
        <Link className="other-finding" href={caseHref(finding.id)}>
          <MarkedText
            text={finding.headline}
            message={finding.messages.headline}
            nearMs={Date.parse(finding.lastSeen)}
          />
        </Link>
      </td>
      <NumberCells />
    </tr>
  ));
}

/** The row that j and k move to and Enter opens; its name, null before the first key. */
function useRowCursor(services: readonly Service[], navigate: (path: string) => void): string | null {
  const [name, setName] = useState<string | null>(null);
  const at = services.findIndex((service) => service.name === name);
  const move = (by: number) => {
    const next = services[Math.min(Math.max(at + by, 0), services.length - 1)];
    if (next !== undefined) setName(next.name);
  };
  const open = () => {
    const service = services[at];
    if (service !== undefined) navigate(hrefOf(service));
  };
  useShortcut('j', 'next row', () => move(1), { group: 'Table' });
  useShortcut('k', 'previous row', () => move(at < 0 ? 1 : -1), { group: 'Table' });
  useShortcut('Enter', 'open row', open, { group: 'Table', enabled: at >= 0 });
  useShortcut('o', 'open row', open, { group: 'Table', enabled: at >= 0 });
  useEffect(() => {
    if (name !== null) document.querySelector('.service-row[data-selected]')?.scrollIntoView({ block: 'nearest' });
  }, [name]);
  return at < 0 ? null : name;
}
