import { useIsUnreachable } from '../api/queries.ts';
import { useLive } from '../state/live.ts';
import { useShortcut } from '../state/shortcuts.ts';
import { Button } from './button.tsx';

export interface LiveButtonProps {
  /** False where the range ends in the past. */
  readonly isPossible: boolean;
  /** True where the page is live unless told otherwise. */
  readonly isDefault: boolean;
  /** What a press does where live is not possible: go to a range that ends now. */
  readonly onImpossible: () => void;
}

/** Asks again every 10 s while pressed; the key is `l`. */
export function LiveButton({ isPossible, isDefault, onImpossible }: LiveButtonProps) {
  const isDown = useIsUnreachable();
  const [live, setLive] = useLive(isPossible, isDefault);
  const toggle = () => {
    if (isPossible) setLive(!live);
    else onImpossible();
  };
  useShortcut('l', 'live on, off', toggle, { group: 'Time' });
  const title = isDown
    ? 'The server does not answer: nothing is new'
    : isPossible
      ? 'Ask again every 10 s  l'
      : 'This range ends in the past: go to now  l';
  return (
    <Button className="live" pressed={live} onClick={toggle} title={title}>
      <i className={isDown ? 'live-dot down' : live ? 'live-dot on' : 'live-dot'} aria-hidden="true" />
      Live
    </Button>
  );
}
