import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './repository.ts';

const GENERATED = 'src/wire/gen';

test('src/wire/gen is what `npm run generate` makes of src/wire/proto', () => {
  const bin = join(root, 'node_modules/.bin');
  const out = mkdtempSync(join(tmpdir(), 'leakscope-generate-'));
  try {
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
    execFileSync(join(bin, 'buf'), ['generate', '-o', out], { cwd: root, env });
    const made = textsUnder(join(out, GENERATED));
    expect(made.size).toBeGreaterThan(0);
    expect(textsUnder(join(root, GENERATED))).toEqual(made);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

function textsUnder(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  return new Map(files.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
