// Writes dist/: the server by tsc, the UI by Vite, and last the stamp that scripts/ready.mjs compares.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
rmSync(join(root, 'dist'), { recursive: true, force: true });
run(bin('tsc'), ['-p', 'tsconfig.build.json']);
if (existsSync(join(root, 'src/ui/index.html'))) run(bin('vite'), ['build', '--logLevel', 'warn']);
chmodSync(join(root, 'dist/main.js'), 0o755);
writeFileSync(join(root, 'dist/.built'), '');

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
