import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { filesUnder, readText, root } from './repository.ts';

const pages = filesUnder('.', ['.md']);
const LINK = /\]\(([^)\s]+)\)/g;
/** A path of the checkout in backticks: it begins with one of the folders below and holds no placeholder. */
const NAMED_PATH = /`((?:src|test|docs|bench|scripts|examples|accuracy|\.ci|\.github)\/[\w./-]*)`/g;

test('the checks see the pages', () => {
  expect(pages).toContain('README.md');
  expect(pages).toContain('ARCHITECTURE.md');
});

test('every relative link in a page leads to a file or folder', () => {
  expect(pages.flatMap((page) => brokenLinks(page))).toEqual([]);
});

function brokenLinks(page: string): string[] {
  return [...readText(page).matchAll(LINK)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => !leads(page, link))
    .map((link) => `${page}: ${link}`);
}

function leads(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor);
}

/** Anchors as GitHub makes them: lower case, without punctuation, blanks as hyphens. */
function anchorsOf(page: string): string[] {
  return [...readText(page).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

test('every path that a page names in backticks exists', () => {
  const absent = pages.flatMap((page) =>
    [...readText(page).matchAll(NAMED_PATH)]
      .map((match) => match[1] ?? '')
      .filter((path) => !existsSync(join(root, path)) && !existsSync(join(root, dirname(page), path)))
      .map((path) => `${page}: ${path}`),
  );
  expect(absent).toEqual([]);
});

test('nothing names a directory of the machine that it was written on', () => {
  const machinePath = /(?<![\w.$}])\/(?:root|work|Users|home\/(?!user\b))\/?[\w.-]+\//;
  const endings = ['.ts', '.tsx', '.mjs', '.md', '.json', '.yml', '.html', '.css', '.go', '.mod'];
  const here = 'test/repo/docs-links.test.ts';
  const texts = filesUnder('.', endings).filter((file) => file !== here);
  expect(texts.filter((file) => machinePath.test(readText(file)))).toEqual([]);
});

test('the lock file names no addresses, so that everybody installs from the registry of their own settings', () => {
  const lock = JSON.parse(readText('package-lock.json')) as { packages: Record<string, { resolved?: string }> };
  const packages = Object.values(lock.packages);
  expect(packages.length).toBeGreaterThan(1);
  expect(packages.flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
});
