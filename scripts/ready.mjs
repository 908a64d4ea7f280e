// Makes a checkout ready to run: right Node, packages as the lock file says, dist/ newer than the sources.
// Node's own modules only: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`leakscope needs Node 20.19 or newer; this is ${process.versions.node}. Install it from nodejs.org.`);
  process.exit(1);
}

const lock = join(root, 'package-lock.json');
const lockHash = createHash('sha256').update(readFileSync(lock)).digest('hex');
const installed = join(root, 'node_modules', '.leakscope-lock');
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lockHash) {
  console.error('Installing packages (once, about a minute)…');
  // Not `npm ci`: it refuses a lock file that lacks optional packages of other platforms, as some registries make them.
  // `install --no-save` takes the locked versions too, checks them against the lock file, and leaves it as it is.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(installed, lockHash);
}

const built = join(root, 'dist', '.built');
const sources = [
  'src',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.build.json',
  'vite.config.ts',
];
if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources.map((name) => newest(join(root, name))))) {
  console.error('Building…');
  run('npm', ['run', '--silent', 'build']);
}

function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}`);
    process.exit(1);
  }
}
