import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { filesUnder, isTest, readText } from './repository.ts';

/** Who may import whom, and what from outside; generated code and tests are not looked at. `main` and `settings` are the two files at src/. */
const ALLOWED: Readonly<Record<string, { readonly folders: readonly string[]; readonly outside: readonly string[] }>> =
  {
    base: { folders: [], outside: [] },
    model: { folders: ['base'], outside: [] },
    formats: { folders: ['model', 'base'], outside: [] },
    analysis: { folders: ['model', 'base'], outside: [] },
    wire: { folders: ['model'], outside: [] },
    settings: { folders: ['base'], outside: [] },
    store: { folders: ['model', 'base'], outside: ['@clickhouse/client', 'chdb', 'node:'] },
    ingest: { folders: ['formats', 'store', 'model', 'base', 'settings'], outside: ['node:', 'busboy'] },
    query: { folders: ['store', 'analysis', 'model', 'base'], outside: [] },
    judge: { folders: ['store', 'analysis', 'wire', 'model'], outside: ['node:'] },
    http: {
      folders: ['ingest', 'query', 'judge', 'store', 'analysis', 'wire', 'model', 'base', 'settings'],
      outside: ['node:', 'fastify', '@fastify/static', '@connectrpc/', '@bufbuild/protobuf', 'prom-client'],
    },
    cli: {
      folders: ['wire', 'formats', 'base', 'settings'],
      outside: ['node:', 'commander'],
    },
    ui: {
      folders: ['wire', 'analysis', 'model', 'base'],
      outside: ['react', 'react-dom', 'wouter', 'uplot', '@tanstack/', '@floating-ui/react'],
    },
    main: {
      folders: ['http', 'ingest', 'query', 'judge', 'store', 'cli', 'model', 'base', 'settings'],
      outside: ['node:', 'commander', 'pino'],
    },
  };

/** What a folder shows to others is the types of this file alone; only `main` takes more. */
const CONTRACTS: Readonly<Record<string, string>> = { store: 'src/store/profile-store.ts' };

/** Imports that break the table for now: why, and when they go. An entry that is no longer needed fails, too. */
const DEBT: readonly {
  readonly file: string;
  readonly imports: string;
  readonly why: string;
  readonly until: string;
}[] = [];

const CORE = ['base', 'model', 'formats', 'analysis', 'wire'];
const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*'([^']+)'|\bimport\(\s*'([^']+)'/g;

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  /** File of src/ that it leads to; undefined for what is not ours. */
  readonly target: string | undefined;
}

const sources = filesUnder('src', ['.ts', '.tsx']).filter((file) => !isTest(file));
const imports = sources.flatMap(importsOf);

function importsOf(file: string): Import[] {
  return [...readText(file).matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? '';
    const target = specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : undefined;
    const isTypeOnly = /^\s*(?:import|export) type\s/.test(match[0]);
    return { file, folder: folderOf(file), specifier, isTypeOnly, target };
  });
}

/** `src/store/sql.ts` -> `store`, `src/main.ts` -> `main`. */
function folderOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.tsx?$/, '');
}

function isAllowed({ folder, specifier, isTypeOnly, target }: Import): boolean {
  const allowed = ALLOWED[folder];
  if (allowed === undefined) return false;
  if (target !== undefined) {
    const owner = folderOf(target);
    const contract = folder === 'main' ? undefined : CONTRACTS[owner];
    const isOpenToUs = contract === undefined || (isTypeOnly && target === contract);
    return owner === folder || (allowed.folders.includes(owner) && isOpenToUs);
  }
  return allowed.outside.some((name) => isOf(name, specifier));
}

/** `node:` and `@tanstack/` stand for all that begins so, other names for the package and what lies in it. */
function isOf(name: string, specifier: string): boolean {
  return specifier === name || specifier.startsWith(/[:/]$/.test(name) ? name : `${name}/`);
}

const inDebt = ({ file, specifier }: Import) => DEBT.some((debt) => debt.file === file && debt.imports === specifier);

test('the checks see the sources', () => {
  expect(sources.length).toBeGreaterThan(10);
  expect(imports.length).toBeGreaterThan(10);
  expect(imports.filter(({ target }) => target === 'src/base/problem.ts').length).toBeGreaterThan(0);
});

test('every folder of src/ stands in the table', () => {
  expect([...new Set(sources.map(folderOf))].filter((folder) => !(folder in ALLOWED))).toEqual([]);
});

test('folders import only what the table allows', () => {
  const broken = imports.filter((one) => !isAllowed(one) && !inDebt(one));
  expect(broken.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
});

test('the table allows nothing that nobody imports', () => {
  const unused = Object.entries(ALLOWED).flatMap(([folder, { folders, outside }]) => {
    const own = imports.filter((one) => one.folder === folder);
    return [
      ...folders.filter((other) => !own.some(({ target }) => target !== undefined && folderOf(target) === other)),
      ...outside.filter((name) => !own.some(({ specifier }) => isOf(name, specifier))),
    ].map((name) => `${folder} -> ${name}`);
  });
  expect(unused).toEqual([]);
});

test('no debt is stale', () => {
  const needed = imports.filter((one) => !isAllowed(one));
  const stale = DEBT.filter(
    (debt) => !needed.some(({ file, specifier }) => file === debt.file && specifier === debt.imports),
  );
  expect(stale).toEqual([]);
});

// The browser's globals are refused by tsconfig.json, which has no DOM types.
test('the core names no global of Node', () => {
  const platform = /\b(?:Buffer|process)\.[a-z]|\bsetImmediate\(/;
  const core = sources.filter((file) => CORE.includes(folderOf(file)));
  expect(core.filter((file) => platform.test(withoutComments(readText(file))))).toEqual([]);
});

test('only main and cli read the environment', () => {
  const readers = sources.filter((file) => withoutComments(readText(file)).includes('process.env'));
  expect(readers.filter((file) => !['main', 'cli'].includes(folderOf(file)))).toEqual([]);
});

test('SQL stands in store/ alone', () => {
  const sql = /['"`]\s*(?:SELECT|INSERT INTO|CREATE TABLE|ALTER TABLE|DROP TABLE|DELETE FROM)\s/;
  const holders = sources.filter((file) => sql.test(readText(file))).map(folderOf);
  expect([...new Set(holders)].filter((folder) => folder !== 'store')).toEqual([]);
});

test('ARCHITECTURE.md shows the graph of the table', () => {
  const graph = mermaid();
  const page = readText('ARCHITECTURE.md');
  expect(page, `put this into ARCHITECTURE.md:\n\n${graph}\n`).toContain(graph);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** `main` may import everything and is left out; so is an edge that a longer way through the graph implies. */
function mermaid(): string {
  const drawn = Object.entries(ALLOWED).filter(([folder]) => folder !== 'main');
  const edges = drawn.flatMap(([folder, { folders }]) =>
    folders
      .filter((target) => !folders.some((other) => other !== target && reaches(other, target)))
      .map((target) => `  ${folder} --> ${target}`),
  );
  return ['```mermaid', 'graph TD', ...edges, '```'].join('\n');
}

function reaches(from: string, to: string): boolean {
  const folders = ALLOWED[from]?.folders ?? [];
  return folders.includes(to) || folders.some((folder) => reaches(folder, to));
}
