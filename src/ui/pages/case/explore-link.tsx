import { Link } from 'wouter';
import type { Finding } from '../../../wire/api.ts';
import { useProfileTypes } from '../../api/queries.ts';
import { exploreHref, typeWith } from '../../text/links.ts';

/** "Open in Explore" for the finding's service and version; absent where the service sends no such type. */
export function ExploreLink({ finding, sampleType }: { finding: Finding; sampleType: 'goroutine' | 'inuse_space' }) {
  const type = typeWith(sampleType, useProfileTypes(finding.service).data ?? []);
  if (type === undefined) return null;
  const { service, version } = finding;
  return (
    <Link className="btn sm no-print" href={exploreHref({ service, type, version })}>
      Open in Explore
    </Link>
  );
}
