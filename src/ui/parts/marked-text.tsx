import type { Message } from '../../model/finding.ts';
import { useNowMs } from '../state/clock.ts';
import { useZone } from '../state/zone.ts';
import { localTimes } from '../text/local-times.ts';
import { markUp } from '../text/mark-up.ts';

/** A sentence of the server with its code and its rates marked up, and its times, near `nearMs`, in the reader's zone. */
export function MarkedText({ text, message, nearMs }: { text: string; message: Message; nearMs: number }) {
  const nowMs = useNowMs();
  const zone = useZone();
  return markUp(localTimes(text, nearMs, nowMs, zone), message).map((part, index) => {
    // biome-ignore-start lint/suspicious/noArrayIndexKey: parts have no identity but their place
    if (part.kind === 'code') return <code key={index}>{part.text}</code>;
    if (part.kind === 'strong') return <b key={index}>{part.text}</b>;
    return <span key={index}>{part.text}</span>;
    // biome-ignore-end lint/suspicious/noArrayIndexKey: parts have no identity but their place
  });
}
