import { expect, test } from 'vitest';
import { PROBLEMS } from '../../src/base/problem-kinds.ts';
import { SETTINGS } from '../../src/settings.ts';
import { readText } from './repository.ts';

/** Cells of every table row of a page, without heads and rules. */
function tableRows(page: string): string[][] {
  const lines = readText(page).split('\n');
  return lines
    .filter((line, i) => line.startsWith('| ') && !lines[i + 1]?.startsWith('|---'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}

test('docs/errors.md lists every problem as the registry has it', () => {
  const rows = tableRows('docs/errors.md').map(([id, key, status, connectCode, , remedy]) =>
    [id, key, status, connectCode, remedy].join(' | '),
  );
  const want = Object.entries(PROBLEMS).map(([key, { id, status, connectCode, remedy }]) => {
    const isSent = !id.startsWith('LS-30');
    return [id, key, isSent ? status : '–', isSent ? connectCode : '–', remedy].join(' | ');
  });
  expect(rows.sort()).toEqual(want.sort());
});

test('docs/errors.md says of every problem when it happens', () => {
  const silent = tableRows('docs/errors.md').filter((cells) => (cells[4] ?? '').length < 20);
  expect(silent).toEqual([]);
});

test('codes of problems are distinct and well formed', () => {
  const ids = Object.values(PROBLEMS).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^LS-\d{4}$/.test(id))).toEqual([]);
});

test('docs/settings.md lists every setting as the table has it', () => {
  const rows = tableRows('docs/settings.md').filter(([flag]) => flag?.startsWith('`--'));
  const want = Object.values(SETTINGS).map((setting) => [
    `\`${setting.flag}\``,
    `\`${setting.env}\``,
    setting.value,
    `\`${setting.default || 'none'}\``,
    setting.doc,
  ]);
  expect(rows).toEqual(want);
});
