import type { FindingVerdict, Reason, ReasonGroup } from '../../../model/finding.ts';

export interface ReasonSection {
  readonly group: ReasonGroup;
  readonly title: string;
  readonly reasons: readonly Reason[];
}

const TITLES: Readonly<Record<FindingVerdict, Readonly<Record<ReasonGroup, string>>>> = {
  leak: { for: 'Rules that fired', against: 'Against', ruledOut: 'Ruled out', unknown: 'Not known' },
  watch: { for: 'For a leak', against: 'Against', ruledOut: 'Ruled out', unknown: 'Not known' },
};
const ORDER: readonly ReasonGroup[] = ['for', 'against', 'ruledOut', 'unknown'];

export const WHY_TITLE: Readonly<Record<FindingVerdict, string>> = {
  leak: 'Why this is a leak',
  watch: 'Why this is being watched',
};

/** Reasons by group, in reading order; empty groups are left out. */
export function reasonSections(verdict: FindingVerdict, reasons: readonly Reason[]): readonly ReasonSection[] {
  return ORDER.map((group) => ({
    group,
    title: TITLES[verdict][group],
    reasons: reasons.filter((reason) => reason.group === group),
  })).filter((section) => section.reasons.length > 0);
}

/** The claim that a reason opens with ("Warm-up: …", "The floor keeps rising. …"), and the rest of it. */
export function splitReason(text: string): readonly [string, string] {
  const match = /^(.{3,64}?[:;.])\s+(.+)$/s.exec(text);
  return match === null ? [text, ''] : [match[1] ?? '', match[2] ?? ''];
}
