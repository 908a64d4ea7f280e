import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { THRESHOLDS } from './thresholds.ts';

it('documents every threshold with its value', () => {
  const page = readFileSync(new URL('../../../docs/leak-detection.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('## 6. Thresholds'), page.indexOf('## 7.'));
  const documented = new Map(
    [...table.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name, value]) => [name, value?.trim()]),
  );
  const actual = new Map(Object.entries(THRESHOLDS).map(([name, value]) => [name, String(value).replace(',', ', ')]));
  expect(documented).toEqual(actual);
});
