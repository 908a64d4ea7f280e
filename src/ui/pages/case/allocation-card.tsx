import { shortName } from '../../../analysis/go-frames.ts';
import { formatByteRate, formatBytes, formatSigned, UNKNOWN } from '../../../base/units.ts';
import type { AllocationSite, Evidence } from '../../../model/finding.ts';
import type { Finding } from '../../../wire/api.ts';
import { useProfileTypes } from '../../api/queries.ts';
import { Box, BoxEmpty } from '../../parts/box.tsx';
import { fileLine } from '../../text/file-name.ts';
import { growthNow } from '../../text/growth.ts';
import { typeWith } from '../../text/links.ts';
import { type BigNumber, BigNumbers } from './big-numbers.tsx';
import { ExploreLink } from './explore-link.tsx';
import { useLastTime } from './last-time.ts';

/** Allocation sites on the goroutines' path, and what a heap profile cannot tell. */
export function AllocationCard({ finding, evidence }: { finding: Finding; evidence: Evidence }) {
  const isHeap = finding.kind === 'heap';
  const at = useLastTime(finding);
  return (
    <Box
      id="alloc"
      className="alloc"
      title={isHeap ? 'What allocates it' : 'What the same path allocated'}
      actions={<ExploreLink finding={finding} sampleType="inuse_space" />}
    >
      {evidence.allocations.length === 0 ? (
        <NoAllocations service={finding.service} />
      ) : (
        <>
          <BigNumbers numbers={numbersOf(finding, evidence, at)} />
          <Sites sites={evidence.allocations} hasEnded={finding.levelledOff} withPerGoroutine={!isHeap} />
          <p className="note">
            A heap profile records who allocated, not who holds.
            {!isHeap &&
              ' That these bytes stay because the goroutines stay is an inference: both grow together, at a constant ratio.'}
          </p>
        </>
      )}
    </Box>
  );
}

function NoAllocations({ service }: { service: string }) {
  const types = useProfileTypes(service).data;
  if (types === undefined) return null;
  if (typeWith('inuse_space', types) === undefined)
    return <BoxEmpty>Only goroutine profiles arrive; add in-use space to see memory.</BoxEmpty>;
  return <BoxEmpty>Goroutines grow; memory allocated on this path does not.</BoxEmpty>;
}

function numbersOf(finding: Finding, { bytesNow, bytesPerGoroutine }: Evidence, at: string): readonly BigNumber[] {
  const numbers: BigNumber[] = [];
  const rate = growthNow(finding).bytesPerSecond;
  if (bytesNow !== null)
    numbers.push({ value: formatBytes(bytesNow), label: `in use at ${at}`, isWarm: finding.verdict === 'leak' });
  if (bytesPerGoroutine !== null)
    numbers.push({ value: formatBytes(bytesPerGoroutine.value), label: 'per goroutine (ratio of growth)' });
  if (rate !== null) numbers.push({ value: formatSigned(rate.value, formatByteRate), label: 'growth' });
  return numbers;
}

interface SitesProps {
  readonly sites: readonly AllocationSite[];
  /** The finding levelled off: what the sites gained over its time is no growth of today. */
  readonly hasEnded: boolean;
  readonly withPerGoroutine: boolean;
}

function Sites({ sites, hasEnded, withPerGoroutine }: SitesProps) {
  return (
    <table className="data-table" aria-label="Allocation sites on this path">
      <thead>
        <tr>
          <th scope="col">Allocated by</th>
          <th scope="col" className="r">
            In use
          </th>
          <th scope="col" className="r">
            Growth
          </th>
          {withPerGoroutine && (
            <th scope="col" className="r optional">
              Per goroutine
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {sites.map((site) => (
          <tr key={`${site.function} ${site.file}:${site.line} ${site.calledBy?.function} ${site.calledBy?.line}`}>
            <td>
              <code title={site.function}>{shortName(site.function)}</code>
              <small>{calledBy(site)}</small>
            </td>
            <td className="r">{formatBytes(site.bytesNow)}</td>
            <td className={site.bytesPerSecond > 0 && !hasEnded ? 'r up' : 'r'}>
              {hasEnded ? UNKNOWN : formatSigned(site.bytesPerSecond, formatByteRate)}
            </td>
            {withPerGoroutine && (
              <td className="r optional">
                {site.bytesPerGoroutine === null ? UNKNOWN : formatBytes(site.bytesPerGoroutine)}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function calledBy(site: AllocationSite): string {
  if (site.calledBy === null) return fileLine(site);
  return `called by ${shortName(site.calledBy.function)}, ${fileLine(site.calledBy)}`;
}
