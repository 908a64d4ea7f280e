import {
  formatByteRate,
  formatBytes,
  formatExactCount,
  formatInterval,
  formatRate,
  NARROW_SPACE,
  timeUnitOf,
} from '../../../base/units.ts';
import type { Estimate, Evidence } from '../../../model/finding.ts';
import type { Finding } from '../../../wire/api.ts';
import { growthNow } from '../../text/growth.ts';

/** One cell of the fact strip: a value, and its interval or what it is of. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  /** Drawn warm: this grows. */
  readonly grows?: boolean;
}

/** Growth with its intervals, none where it has ended, and the memory of each goroutine. */
export function growthFacts(finding: Finding, evidence: Evidence): readonly Fact[] {
  const { goroutinesPerSecond, bytesPerSecond } = growthNow(finding);
  const facts: Fact[] = [];
  const grows = finding.verdict === 'leak' && finding.state !== 'closed';
  if (goroutinesPerSecond !== null) {
    const unit = timeUnitOf(goroutinesPerSecond.value);
    const format = (value: number) => formatRate(value, { unit });
    facts.push({ label: 'Goroutine growth', ...estimated(goroutinesPerSecond, format), grows });
  }
  if (bytesPerSecond !== null)
    facts.push({ label: 'Memory growth', ...estimated(bytesPerSecond, formatByteRate), grows });
  if (evidence.bytesPerGoroutine !== null)
    facts.push({ label: 'Memory per goroutine', ...estimated(evidence.bytesPerGoroutine, formatBytes) });
  return facts;
}

/** What is there at the last profile, whose time is `at`. */
export function nowFact(evidence: Evidence, at: string): Fact | null {
  const label = `At ${at}`;
  const { goroutinesNow, bytesNow } = evidence;
  const bytes = bytesNow === null ? null : `${formatBytes(bytesNow)} in use`;
  if (goroutinesNow !== null)
    return {
      label,
      value: formatExactCount(goroutinesNow),
      detail: `goroutines${bytes === null ? '' : `, ${bytes}`}`,
    };
  return bytesNow === null ? null : { label, value: formatBytes(bytesNow), detail: 'in use at this site' };
}

function estimated({ value, low, high }: Estimate, format: (value: number) => string): Pick<Fact, 'value' | 'detail'> {
  return { value: format(value), detail: `90${NARROW_SPACE}% ${formatInterval(low, high, format)}` };
}
