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

/** `services` most urgent first. Leaks are counted among what was judged, and "No leaks" always says of how many. */
export function leaksSentence(services: readonly Service[]): LeaksSentence {
  const { leak, watch, nodata } = countVerdicts(services);
  const judged = services.length - nodata;
  if (leak > 0) return { first: leakCount(leak, judged, services.length), rest: '', urgent: mostUrgent(services) };
  if (watch > 0) {
    const rest = `${serviceCount(watch)} ${isOrAre(watch)} growing and being watched.`;
    return { first: 'No leaks.', rest, urgent: null };
  }
  const others = unjudged(services);
  const why = others.map(({ count, what }) => `${count} ${isOrAre(count)} ${what}`);
  if (judged === 0) {
    const [only] = others;
    const rest =
      others.length > 1
        ? `Of ${serviceCount(nodata)}, ${why.join(', ')}.`
        : `${serviceCount(nodata)} ${isOrAre(nodata)} ${only?.what}.`;
    return { first: 'Nothing judged yet.', rest, urgent: null };
  }
  const rest = [`${judged} of ${serviceCount(services.length)} judged`, ...why].join(', ');
  return { first: 'No leaks.', rest: `${rest}.`, urgent: null };
}

function leakCount(leak: number, judged: number, all: number): string {
  if (all === 1) return 'The only service leaks.';
  if (judged === 1) return `1 of ${all} services leaks, the only one judged.`;
  const of = judged === all ? serviceCount(all) : `${judged} judged services`;
  return `${leak} of ${of} ${leak === 1 ? 'leaks' : 'leak'}.`;
}

interface Unjudged {
  readonly count: number;
  readonly what: 'waiting for data' | 'silent';
}

/** Services without a verdict, by why they have none. */
function unjudged(services: readonly Service[]): readonly Unjudged[] {
  const without = services.filter((service) => service.verdict === 'nodata');
  const silent = without.filter((service) => service.isSilent).length;
  const all: readonly Unjudged[] = [
    { count: without.length - silent, what: 'waiting for data' },
    { count: silent, what: 'silent' },
  ];
  return all.filter(({ count }) => count > 0);
}

function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** What a group of services without a finding holds: "9 steady", "2 waiting for data, 1 silent". */
export function groupCounts(services: readonly Service[]): string {
  const steady = services.length - countVerdicts(services).nodata;
  const others = unjudged(services).map(({ count, what }) => `${count} ${what}`);
  return [...(steady > 0 ? [`${steady} steady`] : []), ...others].join(', ');
}

/** "Judged at 14:32. 41 instances. 1 service is silent."; nothing of instances where no service names them. */
export function leaksMeta(services: readonly Service[], judgedAt: string | null): string {
  const instances = services.reduce((sum, service) => sum + service.instances, 0);
  const sentences = [judgedAt === null ? 'Not judged yet.' : `Judged at ${judgedAt}.`];
  if (instances > 0) sentences.push(`${instances} ${instances === 1 ? 'instance' : 'instances'}.`);
  const { leak, watch } = countVerdicts(services);
  // Else the headline counts them.
  if (leak + watch > 0)
    for (const { count, what } of unjudged(services))
      sentences.push(`${serviceCount(count)} ${isOrAre(count)} ${what}.`);
  return sentences.join(' ');
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
