// In: the folder that Vite wrote. Out: each file but `index.html` replaced by its brotli form, `NAME.br`.
import { readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';

import type { Plugin } from 'vite';

const compress = promisify(brotliCompress);

export function precompress(): Plugin {
  return {
    name: 'weft-precompress',
    apply: 'build',
    async writeBundle(options) {
      if (options.dir === undefined) throw new Error('the build has no output folder');
      const entries = await readdir(options.dir, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && entry.name !== 'index.html');
      for (const file of files) await replaceByBrotli(join(file.parentPath, file.name));
    },
  };
}

async function replaceByBrotli(path: string): Promise<void> {
  const content = await readFile(path);
  const brotli = await compress(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
  await writeFile(`${path}.br`, brotli);
  await unlink(path);
}
