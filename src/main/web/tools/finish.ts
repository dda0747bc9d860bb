import { resolve } from 'node:path';
import type { Plugin } from 'vite';
import { nameHashes } from './integrity.ts';
import { precompress } from './precompress.ts';

/** What is done with the files when all of them are written: what names others first, then what compresses. */
export function finish(): Plugin {
  let out = '';
  return {
    name: 'parley:finish',
    apply: 'build',
    configResolved(config) {
      out = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      await nameHashes(out);
      await precompress(out);
    },
  };
}
