import { problem } from '../base/problem.ts';
import { type Labels, makeLabels } from './labels.ts';

const RESERVED_LABEL = '__name__';
const SHOWN_CHARACTERS = 80;

/**
 * Parses the `name` of a push: `app.name{label=value,other=value}`. Values are not quoted and end at `,` or `}`; names
 * and values are trimmed; what follows the closing `}` is ignored, and so is a last label that neither ends. Labels
 * without a value and `__name__` are left out. Lengths and number of the labels are for the receiver to check.
 * Throws badAppName.
 */
export function parseAppName(text: string): { service: string; labels: Labels } {
  const brace = text.indexOf('{');
  const service = (brace < 0 ? text : text.slice(0, brace)).trim();
  checkServiceName(service);
  const labels: [string, string][] = [];
  if (brace >= 0) {
    for (const [name, value] of splitLabels(text, brace + 1)) {
      if (name === '') throw problem('badAppName', { why: 'label name is required' });
      checkCharacters('label name', name, /[^A-Za-z0-9_.]/u);
      if (name !== RESERVED_LABEL) labels.push([name, value]);
    }
  }
  return { service, labels: makeLabels(labels) };
}

/** Throws badAppName for names that a service cannot have. */
export function checkServiceName(name: string): void {
  if (name === '') throw problem('badAppName', { why: 'service name is required' });
  checkCharacters('service name', name, /[^A-Za-z0-9_.\-/]/u);
}

/** A name runs to `=` (or the end, without a value: ignored), the value to `,` or `}`. */
function* splitLabels(text: string, begin: number): Generator<[name: string, value: string]> {
  let at = begin;
  for (;;) {
    const name = /[=}]/g;
    name.lastIndex = at;
    const nameEnd = name.exec(text);
    if (nameEnd === null || nameEnd[0] === '}') return;
    const value = /[,}]/g;
    value.lastIndex = nameEnd.index + 1;
    const valueEnd = value.exec(text);
    if (valueEnd === null) return;
    yield [text.slice(at, nameEnd.index).trim(), text.slice(nameEnd.index + 1, valueEnd.index).trim()];
    if (valueEnd[0] === '}') return;
    at = valueEnd.index + 1;
  }
}

function checkCharacters(what: string, name: string, forbidden: RegExp): void {
  const bad = forbidden.exec(name);
  if (bad === null) return;
  const shown = name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name;
  throw problem('badAppName', { why: `invalid ${what}: ${shown}: character is not allowed: '${bad[0]}'` });
}
