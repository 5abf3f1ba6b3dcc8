// In: a request path, and the path that answers GraphQL. Out: the console's file for it with the headers that the gateway
// sends, by the contract in gateway/console/README.md; `undefined` for a path that is no file.
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const consoleFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'gateway', 'console');
const policy = readFileSync(join(consoleFolder, 'content-security-policy.txt'), 'utf8').trim();

const MEDIA_TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.md': 'text/markdown; charset=utf-8',
};

export function consoleFile(path, endpoint) {
  const name = path === '/' ? 'index.html' : normalize(path).slice(1);
  const compressed = name !== 'index.html';
  const file = join(consoleFolder, 'dist', compressed ? `${name}.br` : name);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const content = compressed ? readFileSync(file) : readFileSync(file, 'utf8').replace('content="/graphql"', `content="${endpoint}"`);
  return { content, headers: headersFor(name, compressed) };
}

function headersFor(name, compressed) {
  return {
    'content-type': MEDIA_TYPES[extname(name)] ?? 'application/octet-stream',
    'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...(compressed ? { 'content-encoding': 'br' } : {}),
  };
}
