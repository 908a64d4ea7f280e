import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, ending in a slash. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Made by tools, brought in from elsewhere, or built. */
const SKIPPED = new Set(['node_modules', 'dist', 'data', '.git', 'coverage', 'fixtures', 'gen']);

/** Paths, relative to the checkout, of all files under `folder` whose names end in one of `endings`, sorted; none where it is absent. */
export function filesUnder(folder: string, endings: readonly string[]): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = relative(root, join(root, folder, entry.name));
      if (entry.isDirectory()) return filesUnder(path, endings);
      return endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
    })
    .sort();
}

/** Text of a file of the checkout. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}
