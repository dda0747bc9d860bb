import { defineConfig } from 'vitest/config';
import { finish } from './tools/finish.ts';

// One page, one worker, one service worker. Where the result goes is said by the Maven build (PARLEY_WEB_OUT), which puts it on the node's class path.
export default defineConfig({
  base: './',
  plugins: [finish()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: process.env['PARLEY_WEB_OUT'] ?? 'dist',
    emptyOutDir: true,
    target: 'es2024',
    assetsInlineLimit: 0, // nothing as data: URLs, so that the Content-Security-Policy can stay without them
    modulePreload: { polyfill: false },
    license: { fileName: 'licences.txt' }, // of what is bundled, served beside it
    reportCompressedSize: true,
    chunkSizeWarningLimit: 600, // the names of all emoji, which are fetched when somebody looks for one
  },
  worker: {
    format: 'es',
    // A service worker has one address for ever, and answers for what is beside and below it.
    rolldownOptions: {
      output: { entryFileNames: ({ name }) => (name === 'streamWorker' ? 'stream.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
  test: {
    include: ['**/*.test.ts', '**/*.test.tsx'],
    exclude: ['node_modules', 'e2e', 'dist'],
    environment: 'node',
    testTimeout: 30_000,
  },
});
