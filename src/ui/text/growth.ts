import type { Finding } from '../../wire/api.ts';

/** How fast a finding grows now: nothing where its growth has ended. */
export function growthNow({ rate, levelledOff }: Pick<Finding, 'rate' | 'levelledOff'>): Finding['rate'] {
  return levelledOff ? { goroutinesPerSecond: null, bytesPerSecond: null } : rate;
}
