import type { Finding } from '../../../wire/api.ts';
import { useNowMs } from '../../state/clock.ts';
import { useZone } from '../../state/zone.ts';
import { formatInstant } from '../../text/time.ts';

/** Time of the last profile that a finding was judged on, which its numbers are of. */
export function useLastTime(finding: Finding): string {
  return formatInstant(Date.parse(finding.lastSeen), useNowMs(), useZone(), { clock: true });
}
