import { expect, test } from 'vitest';
import { connectSnippets } from './connect-snippets.ts';

const snippets = connectSnippets('http://leakscope:4040');

test.each(['go', 'go2023'])('the file for %s imports every package that it uses, and no other', (id) => {
  const code = snippets.find((snippet) => snippet.id === id)?.steps[1]?.code ?? '';
  const [, list = ''] = /^import \(\n(.*?)^\)/ms.exec(code) ?? [];
  const imported = [...list.matchAll(/"(?:.*\/)?([\w-]+)"/g)].map(([, name]) => name?.replace(/-go$/, ''));
  const used = [...code.matchAll(/\b([a-z]+)\.[A-Z]/g)].map(([, name]) => name);
  expect(code).toMatch(/^package main\n/);
  expect([...new Set(used)].sort()).toEqual(imported.sort());
});

test('every client sends to the address', () => {
  for (const { steps } of snippets) expect(steps.map(({ code }) => code).join('\n')).toContain('http://leakscope:4040');
});
