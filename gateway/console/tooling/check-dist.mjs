// Builds the console into a temporary folder and compares it with the committed `dist`.
// Contents are compared after decompression: two versions of Node may compress the same bytes differently.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const consoleFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const fresh = mkdtempSync(join(tmpdir(), 'weft-console-'));
try {
  build(fresh);
  const differences = compare(files(join(consoleFolder, 'dist')), files(fresh));
  for (const difference of differences) console.error(`console: ${difference}`);
  if (differences.length > 0) console.error('console: run `npm run build` in gateway/console and commit gateway/console/dist');
  process.exitCode = differences.length > 0 ? 1 : 0;
  if (differences.length === 0) console.log('console: the committed files are what the sources build');
} finally {
  rmSync(fresh, { recursive: true });
}

function build(folder) {
  const vite = join(consoleFolder, 'node_modules', 'vite', 'bin', 'vite.js');
  const run = spawnSync(process.execPath, [vite, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: consoleFolder,
    stdio: 'inherit',
  });
  if (run.status !== 0) throw new Error('the console does not build');
}

function files(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const content = readFileSync(path);
      return [path.slice(folder.length + 1), path.endsWith('.br') ? brotliDecompressSync(content) : content];
    }),
  );
}

function compare(committed, built) {
  const differences = [];
  for (const [name, content] of built) {
    const other = committed.get(name);
    if (other === undefined) differences.push(`dist/${name} is missing`);
    else if (!other.equals(content)) differences.push(`dist/${name} differs from what the sources build`);
  }
  for (const name of committed.keys()) if (!built.has(name)) differences.push(`dist/${name} is left over from an older build`);
  return differences;
}
