// How the console is built: hashed names, one chunk for each vendor, brotli in place of the plain files.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { precompress } from './tooling/precompress.ts';

// A vendor's chunk keeps its name while our own code changes, so browsers keep it in their cache.
// A group takes what its modules import along, so a library comes before those that use it.
const vendors = [
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler|react-compiler-runtime)\// },
  { name: 'graphql', test: /node_modules\/(graphql|graphql-language-service|graphql-ws)\// },
  { name: 'monaco', test: /node_modules\/(monaco-editor|monaco-graphql)\// },
  { name: 'prettier', test: /node_modules\/prettier\// },
  { name: 'graphiql', test: /node_modules\// },
];

export default defineConfig({
  base: './',
  plugins: [react(), precompress()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // No file becomes a `data:` address: the content security policy then needs none for scripts and fonts.
    assetsInlineLimit: 0,
    // The policy forbids inline scripts, and every browser that runs ES2022 preloads modules by itself.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4096,
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      output: { codeSplitting: { groups: vendors } },
      // Vendors mark files for the React compiler, which does not run here.
      onLog: (level, log, print) => log.code === 'MODULE_LEVEL_DIRECTIVE' || print(level, log),
      checks: { pluginTimings: false },
    },
  },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:4000', ws: true } } },
});
