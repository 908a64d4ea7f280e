import { type ReactNode, useEffect, useState } from 'react';
import { RequestError } from '../api/client.ts';
import { useStatus } from '../api/queries.ts';
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
  const isDown = status.error instanceof RequestError && status.error.isUnreachable;
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
  const [notice] = notices;
  if (notice === undefined) return null;
  return (
    <div className="banner" role="status">
      <Icon name="warning" />
      <p>{codeIn(notice.text)}</p>
      <Button size="small" kind="ghost" icon="cross" label="Dismiss" onClick={() => dropNotice(notice.key)} />
    </div>
  );
}

/** Text in backticks as code. */
function codeIn(text: string): ReactNode[] {
  // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}
