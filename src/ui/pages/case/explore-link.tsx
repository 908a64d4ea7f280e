import { Link } from 'wouter';
import type { Finding } from '../../../wire/api.ts';
import { useProfileTypes } from '../../api/queries.ts';
import { useNowMs } from '../../state/clock.ts';
import { rangeReaching } from '../../state/range.ts';
import { exploreHref, typeWith } from '../../text/links.ts';

/** "Open in Explore" for the finding's service, version and time of growth; absent where the service sends no such type. */
export function ExploreLink({ finding, sampleType }: { finding: Finding; sampleType: 'goroutine' | 'inuse_space' }) {
  const type = typeWith(sampleType, useProfileTypes(finding.service).data ?? []);
  const nowMs = useNowMs();
  if (type === undefined) return null;
  const { service, version } = finding;
  const from = rangeReaching(Date.parse(finding.growingSince), nowMs);
  return (
    <Link className="btn sm no-print" href={exploreHref({ service, type, version, from })}>
      Open in Explore
    </Link>
  );
}
