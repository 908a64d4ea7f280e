import type { MouseEvent } from 'react';
import { Link } from 'wouter';
import { formatByteRate, formatBytes, formatCount, formatRate, formatSigned } from '../../../base/units.ts';
import type { Finding, Service } from '../../../wire/api.ts';
import { MarkedText } from '../../parts/marked-text.tsx';
import { Sparkline } from '../../parts/sparkline.tsx';
import { Tooltip } from '../../parts/tooltip.tsx';
import { Verdict } from '../../parts/verdict.tsx';
import { growthNow } from '../../text/growth.ts';
import { caseHref, exploreHref, typeWith } from '../../text/links.ts';
import { localTimes } from '../../text/local-times.ts';
import { formatAgo, formatInstant } from '../../text/time.ts';
import { growthText } from './leaks-sentence.ts';
import { missingOf } from './missing.ts';
import { latestOf } from './service-order.ts';

export interface ServiceRowProps {
  readonly service: Service;
  readonly nowMs: number;
  readonly zone: string | undefined;
  readonly isSelected: boolean;
  readonly onOpen: () => void;
  readonly onMenu: (point: { x: number; y: number }) => void;
  /** Opens and closes the other findings of the service; null where it has one at most. */
  readonly more: { readonly count: number; readonly isOpen: boolean; readonly toggle: () => void } | null;
}

/** Leak and watch: tall, with the finding as a sentence that is never cut. Steady and no data: one line. */
export function ServiceRow(props: ServiceRowProps) {
  const { service, nowMs, zone, isSelected, onOpen, onMenu } = props;
  const isTall = service.topFinding !== null;
  const openUnlessLink = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest('a, button') === null && getSelection()?.isCollapsed !== false) onOpen();
  };
  const openMenu = (event: MouseEvent) => {
    event.preventDefault();
    onMenu({ x: event.clientX, y: event.clientY });
  };
  return (
    <tr
      className={isTall ? 'service-row tall' : 'service-row'}
      data-verdict={service.verdict}
      data-selected={isSelected || undefined}
      onClick={openUnlessLink}
      onContextMenu={openMenu}
    >
      <td className="c-verdict">
        <Verdict verdict={service.verdict} />
      </td>
      <td className="c-service">
        <NameCell {...props} />
      </td>
      <td className="c-goroutines">
        <GoroutineCell {...props} />
      </td>
      <td className="c-memory">
        <MemoryCell {...props} />
      </td>
      <td className="r c-growth">
        {service.topFinding !== null && <GrowthCell finding={service.topFinding} nowMs={nowMs} zone={zone} />}
      </td>
      <td className="r c-seen">
        <time
          dateTime={service.lastSeen}
          title={formatInstant(Date.parse(service.lastSeen), nowMs, zone, { seconds: true })}
        >
          {formatAgo(Date.parse(service.lastSeen), nowMs)}
        </time>
      </td>
    </tr>
  );
}

/** Why there is no verdict, or what was judged, with times in the reader's zone. */
function noteText(service: Service, nowMs: number, zone: string | undefined): string {
  const lastMs = Date.parse(service.lastSeen);
  if (service.isSilent) return `Silent since ${formatInstant(lastMs, nowMs, zone, { clock: true })}.`;
  return localTimes(service.note, lastMs, nowMs, zone);
}

function NameCell({ service, nowMs, zone, more }: ServiceRowProps) {
  const { topFinding: finding } = service;
  const href = hrefOf(service);
  const missing = missingOf(service, nowMs);
  return (
    <div className="service-cell">
      <div className="service-name">
        <Link href={href}>{service.name}</Link>
        {service.versions.slice(0, 2).map((version) => (
          <span className="tag" key={version}>
            {version}
          </span>
        ))}
        {service.versions.length > 2 && <span className="t3 small-text">+{service.versions.length - 2}</span>}
        {finding !== null && service.instances > 0 && (
          <span className="t3 small-text num">{instances(service.instances)}</span>
        )}
      </div>
      {finding !== null && (
        <p className="service-finding num">
          <MarkedText
            text={finding.headline}
            message={finding.messages.headline}
            nearMs={Date.parse(finding.lastSeen)}
          />
          {service.isSilent && ` ${noteText(service, nowMs, zone)}`}
        </p>
      )}
      {finding === null && service.note !== '' && (
        <p className="service-finding num">{noteText(service, nowMs, zone)}</p>
      )}
      {more !== null && (
        <button type="button" className="more-findings" aria-expanded={more.isOpen} onClick={more.toggle}>
          {more.isOpen ? 'Hide' : `+${more.count}`} more
        </button>
      )}
      {missing.length > 0 && (
        <ul className="missing">
          {missing.map((one) => (
            <li key={one.what}>
              <Tooltip tip={one.why}>no {one.what}</Tooltip>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function GoroutineCell({ service }: ServiceRowProps) {
  const rate = service.topFinding === null ? null : growthNow(service.topFinding).goroutinesPerSecond;
  const now = latestOf(service.goroutines);
  if (service.goroutines === null || now === null)
    return <Missing label="Goroutines" why="No goroutine profile arrives." />;
  const height = service.topFinding === null ? 20 : 40;
  return (
    <div className="spark-cell" data-label="Goroutines">
      <Sparkline spark={service.goroutines} heightPx={height} isGrowing={isGrowing(service, rate)} />
      <span className="spark-value">
        <b>{formatCount(Math.round(now))}</b>
        {rate !== null && <small>{formatSigned(rate.value, formatRate)}</small>}
      </span>
    </div>
  );
}

function MemoryCell({ service }: ServiceRowProps) {
  const rate = service.topFinding === null ? null : growthNow(service.topFinding).bytesPerSecond;
  const now = latestOf(service.heapBytes);
  if (service.heapBytes === null || now === null)
    return <Missing label="Memory in use" why="No in-use space profile arrives." />;
  const height = service.topFinding === null ? 20 : 40;
  return (
    <div className="spark-cell" data-label="Memory in use">
      <Sparkline spark={service.heapBytes} heightPx={height} isGrowing={isGrowing(service, rate)} />
      <span className="spark-value">
        <b>{formatBytes(now)}</b>
        {rate !== null && <small>{formatSigned(rate.value, formatByteRate)}</small>}
      </span>
    </div>
  );
}

/** Warm only for what a certain leak makes grow. */
function isGrowing(service: Service, rate: unknown): boolean {
  return service.verdict === 'leak' && rate !== null;
}

function Missing({ label, why }: { label: string; why: string }) {
  return (
    <div className="spark-cell" data-label={label}>
      <span />
      <span className="spark-value t3">
        <Tooltip tip={why}>–</Tooltip>
      </span>
    </div>
  );
}

function GrowthCell({ finding, nowMs, zone }: { finding: Finding; nowMs: number; zone: string | undefined }) {
  const sinceMs = Date.parse(finding.growingSince);
  const isWarm = finding.verdict === 'leak' && !finding.levelledOff;
  return (
    <>
      <b className={isWarm ? 'up' : undefined}>{growthText(finding) || '–'}</b>
      <small>
        <time dateTime={finding.growingSince}>
          {formatInstant(sinceMs, nowMs, zone)}, {formatAgo(sinceMs, nowMs)}
        </time>
      </small>
    </>
  );
}

/** The case for services that grow, else the service in Explore. */
export function hrefOf(service: Service): string {
  if (service.topFinding !== null) return caseHref(service.topFinding.id);
  return exploreHref({ service: service.name, type: typeWith('goroutine', service.profileTypes) });
}

function instances(count: number): string {
  return `${count} ${count === 1 ? 'instance' : 'instances'}`;
}
