import { formatByteRate, formatRate, formatSigned } from '../../../base/units.ts';
import type { Finding, Service } from '../../../wire/api.ts';
import { countVerdicts } from './service-order.ts';

/** The headline of the home page: what is certain, then what to look at or how much was judged. */
export interface LeaksSentence {
  readonly first: string;
  readonly rest: string;
  /** Names the most urgent service between `rest` and `growth`. */
  readonly urgent: { readonly name: string; readonly caseId: string; readonly growth: string } | null;
}

/** `services` most urgent first. "No leaks" always says of how many. */
export function leaksSentence(services: readonly Service[]): LeaksSentence {
  const { leak, watch, nodata } = countVerdicts(services);
  const all = services.length;
  if (leak > 0) {
    const first = `${leak} of ${serviceCount(all)} ${leak === 1 ? 'leaks' : 'leak'}.`;
    return { first, rest: '', urgent: mostUrgent(services) };
  }
  if (watch > 0) {
    const rest = `${serviceCount(watch)} ${watch === 1 ? 'is growing and being watched' : 'are growing and being watched'}.`;
    return { first: 'No leaks.', rest, urgent: null };
  }
  if (nodata === all) {
    const rest = `${serviceCount(all)} ${all === 1 ? 'is' : 'are'} waiting for data.`;
    return { first: 'Nothing judged yet.', rest, urgent: null };
  }
  const waiting = nodata === 0 ? '' : `, ${nodata} ${nodata === 1 ? 'is' : 'are'} waiting for data`;
  return { first: 'No leaks.', rest: `${all - nodata} of ${serviceCount(all)} judged${waiting}.`, urgent: null };
}

/** "Judged at 14:32. 41 instances."; nothing of instances where no service names them. */
export function leaksMeta(services: readonly Service[], judgedAt: string | null): string {
  const instances = services.reduce((sum, service) => sum + service.instances, 0);
  const judged = judgedAt === null ? 'Not judged yet.' : `Judged at ${judgedAt}.`;
  if (instances === 0) return judged;
  return `${judged} ${instances} ${instances === 1 ? 'instance' : 'instances'}.`;
}

/** Growth of what grows: bytes where known, else goroutines; '' where no rate is known; that it ended where it did. */
export function growthText(finding: Finding): string {
  if (finding.levelledOff) return 'levelled off';
  const { bytesPerSecond, goroutinesPerSecond } = finding.rate;
  if (bytesPerSecond !== null) return formatSigned(bytesPerSecond.value, formatByteRate);
  return goroutinesPerSecond === null ? '' : formatSigned(goroutinesPerSecond.value, formatRate);
}

function mostUrgent(services: readonly Service[]): LeaksSentence['urgent'] {
  const service = services.find((one) => one.verdict === 'leak');
  if (service === undefined || service.topFinding === null) return null;
  return { name: service.name, caseId: service.topFinding.id, growth: growthText(service.topFinding) };
}

function serviceCount(count: number): string {
  return `${count} ${count === 1 ? 'service' : 'services'}`;
}
