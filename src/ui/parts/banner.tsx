import { type ReactNode, useEffect, useState } from 'react';
import { useIsUnreachable, useStatus } from '../api/queries.ts';
import { tickClock } from '../state/clock.ts';
import { dropNotice, useNotices } from '../state/notices.ts';
import { useZone } from '../state/zone.ts';
import { formatInstant } from '../text/time.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

/** One line under the bar, the most severe first: server unreachable, else what of the URL was not understood. */
export function Banner() {
  const status = useStatus();
  const zone = useZone();
  const notices = useNotices();
  const [downSinceMs, setDownSinceMs] = useState<number | null>(null);
  const isDown = useIsUnreachable();
  useEffect(() => setDownSinceMs((since) => (isDown ? (since ?? Date.now()) : null)), [isDown]);
  const retry = () => {
    void status.refetch();
    tickClock();
  };
  if (isDown) {
    const at = (atMs: number) => formatInstant(atMs, Date.now(), zone);
    return (
      <div className="banner error" role="alert">
        <Icon name="warning" />
        <p>
          Cannot reach the server{downSinceMs === null ? '' : ` since ${at(downSinceMs)}`}.
          {status.dataUpdatedAt > 0 && ` Showing data up to ${at(status.dataUpdatedAt)}.`} Trying again every 10 s.
        </p>
        <Button size="small" onClick={retry}>
          Retry now
        </Button>
      </div>
    );
  }
  if (notices.length === 0) return null;
  const dismiss = () => {
    for (const { key } of notices) dropNotice(key);
  };
  return (
    <div className="banner" role="status">
      <Icon name="warning" />
      <p>{codeIn(notices.map(({ text }) => text).join(' '))}</p>
      <Button size="small" kind="ghost" icon="cross" label="Dismiss" onClick={dismiss} />
    </div>
  );
}

/** Text in backticks as code. */
function codeIn(text: string): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}
