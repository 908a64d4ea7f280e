import type { Message } from '../../model/finding.ts';
import { markUp } from '../text/mark-up.ts';

/** A sentence of the server with its code and its rates marked up. */
export function MarkedText({ text, message }: { text: string; message: Message }) {
  return markUp(text, message).map((part, index) => {
    // biome-ignore-start lint/suspicious/noArrayIndexKey: parts have no identity but their place
    if (part.kind === 'code') return <code key={index}>{part.text}</code>;
    if (part.kind === 'strong') return <b key={index}>{part.text}</b>;
    return <span key={index}>{part.text}</span>;
    // biome-ignore-end lint/suspicious/noArrayIndexKey: parts have no identity but their place
  });
}
