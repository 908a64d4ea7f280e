import { useEffect } from 'react';
import { tickClock } from './clock.ts';
import { useQueryParam } from './url.ts';

const LIVE_STEP_MS = 10_000;
let holds = 0;

/** Keeps live mode from repainting until the returned function is called: a drag, a pointer over a flame graph. */
export function holdLive(): () => void {
  holds++;
  let held = true;
  return () => {
    if (held) holds--;
    held = false;
  };
}

/**
 * Live mode of a page: moves the shared clock every 10 s. Pauses while the tab is hidden, a menu is open or something
 * holds it. `possible` is false for ranges that do not end now. Leaks and Case are live unless `live=0`.
 */
export function useLive(possible: boolean, isDefault: boolean): [boolean, (on: boolean) => void] {
  const [wanted, setWanted] = useQueryParam({
    name: 'live',
    fallback: isDefault,
    parse: (text) => ({ '1': true, '0': false })[text],
    format: (on) => (on ? '1' : '0'),
    expected: '1 or 0',
  });
  const on = wanted && possible;
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => {
      const looking = holds > 0 || document.querySelector('.menu, dialog[open]') !== null;
      if (!document.hidden && !looking) tickClock();
    }, LIVE_STEP_MS);
    return () => clearInterval(timer);
  }, [on]);
  return [on, (next) => setWanted(next, 'replace')];
}
