import { shortName } from '../../analysis/go-frames.ts';
import type { Message } from '../../model/finding.ts';

export interface MarkedPart {
  readonly text: string;
  readonly kind: 'plain' | 'code' | 'strong';
}

/** A number with its unit and, where one follows, what it is per: "1.2 goroutines per second", "431 MiB/h", "104 KiB each". */
const QUANTITY =
  /\d[\d.,\u202f\u2009]*[\u202f\u00a0 ]?(?:goroutines?|B|KiB|MiB|GiB|TiB|k|M)?(?:\/(?:s|min|h|d)\b| per (?:second|minute|hour|day|goroutine)| each\b)/g;

/**
 * Splits a sentence of the server: what its parameters name as code (a function, a file with its line) and its rates.
 * The sentence itself is not touched, so that the UI says the same words as the CLI.
 */
export function markUp(sentence: string, message: Message): readonly MarkedPart[] {
  const code = codeWords(message).sort((a, b) => b.length - a.length);
  const parts: MarkedPart[] = [];
  let rest = sentence;
  while (rest !== '') {
    const hit = firstHit(rest, code);
    if (hit === undefined) break;
    if (hit.at > 0) parts.push({ text: rest.slice(0, hit.at), kind: 'plain' });
    parts.push({ text: hit.text, kind: hit.kind });
    rest = rest.slice(hit.at + hit.text.length);
  }
  if (rest !== '') parts.push({ text: rest, kind: 'plain' });
  return parts;
}

/** What a sentence may show of its parameters as code: functions, whole and short, and the file with its line. */
function codeWords({ params }: Message): string[] {
  const words: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== 'string' || PROSE.has(name)) continue;
    words.push(value, shortName(value));
    if (name === 'file') words.push(baseName(value), `${baseName(value)}:${params.line ?? ''}`);
  }
  return words.filter((word) => /^\S+[.:/]\S+$/.test(word));
}

/** Parameters that are words, however they look. */
const PROSE: ReadonlySet<string> = new Set(['service', 'version', 'waitState', 'stoppedAt', 'doubt']);

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

interface Hit extends MarkedPart {
  readonly at: number;
}

function firstHit(text: string, code: readonly string[]): Hit | undefined {
  let best: Hit | undefined;
  for (const word of code) {
    const at = text.indexOf(word);
    if (at >= 0 && (best === undefined || at < best.at)) best = { at, text: word, kind: 'code' };
  }
  for (const match of text.matchAll(QUANTITY)) {
    if (best === undefined || match.index < best.at) best = { at: match.index, text: match[0], kind: 'strong' };
    break;
  }
  return best;
}
