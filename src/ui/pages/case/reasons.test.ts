import { describe, expect, it } from 'vitest';
import { reasonSections, splitReason } from './reasons.ts';

describe('reasonSections', () => {
  const reasons = [
    { rule: 'age', passed: false, group: 'against', text: 'growing for 6 min; judged at 30 min.' },
    { rule: 'shape', passed: true, group: 'for', text: 'The floor rises.' },
  ] as const;

  it('orders groups and leaves empty ones out', () => {
    expect(reasonSections('leak', reasons).map((section) => section.title)).toEqual(['Rules that fired', 'Against']);
  });

  it('does not say of a watched finding that rules fired', () => {
    expect(reasonSections('watch', reasons)[0]?.title).toBe('For a leak');
  });
});

describe('splitReason', () => {
  it('parts the claim from its numbers', () => {
    expect(splitReason('Not a step: the largest rise is 4 %.')).toEqual(['Not a step:', 'the largest rise is 4 %.']);
  });

  it('does not part a number', () => {
    expect(splitReason('It grew by 1.5 MiB')).toEqual(['It grew by 1.5 MiB', '']);
  });
});
