import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { filesUnder, isTest, readText } from './repository.ts';

const MAX_FILE_LINES = 400;
const MAX_FOLDER_FILES = 25;

/** What is over budget for now, and why. An entry that is no longer needed fails, too. */
const EXCEPTIONS: readonly { readonly path: string; readonly why: string }[] = [];

const CODE = ['.ts', '.tsx', '.mjs', '.css', '.go'];
const files = ['src', 'test', 'bench', 'scripts', 'examples'].flatMap((folder) => filesUnder(folder, CODE));

const longFiles = files.filter((file) => readText(file).trimEnd().split('\n').length > MAX_FILE_LINES);
const fullFolders = [...countByFolder()].filter(([, count]) => count > MAX_FOLDER_FILES).map(([folder]) => folder);

/** Tests stand beside what they test and are not counted. */
function countByFolder(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const file of files.filter((file) => !isTest(file) || file.startsWith('test/'))) {
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  }
  return counts;
}

const isExcepted = (path: string) => EXCEPTIONS.some((exception) => exception.path === path);

test('the checks see the sources', () => {
  expect(files.filter((file) => file.startsWith('src/')).length).toBeGreaterThan(10);
});

test(`no file is longer than ${MAX_FILE_LINES} lines`, () => {
  expect(longFiles.filter((file) => !isExcepted(file))).toEqual([]);
});

test(`no folder has more than ${MAX_FOLDER_FILES} files, tests beside them not counted`, () => {
  expect(fullFolders.filter((folder) => !isExcepted(folder))).toEqual([]);
});

test('no exception is stale', () => {
  expect(EXCEPTIONS.filter(({ path }) => ![...longFiles, ...fullFolders].includes(path))).toEqual([]);
});

test('every exported function and class of the core and the store has a docblock', () => {
  const documented = /^src\/(?:base|model|formats|analysis|store|wire)\//;
  const undocumented = files
    .filter((file) => documented.test(file) && !isTest(file))
    .flatMap((file) => undocumentedExports(file));
  expect(undocumented).toEqual([]);
});

function undocumentedExports(file: string): string[] {
  const lines = readText(file).split('\n');
  return lines.flatMap((line, index) => {
    const name = /^export (?:abstract )?(?:async )?(?:function\*?|class) (\w+)/.exec(line)?.[1];
    // Overloads of one function stand together, under one docblock.
    const before = (lines[index - 1] ?? '').trim();
    const isDocumented = before.endsWith('*/') || before.startsWith(`export function ${name}(`);
    return name === undefined || isDocumented ? [] : [`${file}: ${name}`];
  });
}

test('file names are kebab-case and name no catch-all', () => {
  const names = files.filter((file) => /^(?:src|test|scripts|bench)\//.test(file));
  const kebab = /^(?:[^/]+\/)+[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)+$/;
  expect(names.filter((file) => !kebab.test(file) || /\/(?:utils?|helpers?|common|misc)\./.test(file))).toEqual([]);
});
