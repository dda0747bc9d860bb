import { readdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = /\.(?:css|html|js|json|svg|txt|wasm|webmanifest)$/;
const LEAST_BYTES = 1_024;

/**
 * Puts NAME.br and NAME.gz beside each file that gets smaller by it, once all is written: the node sends those to browsers
 * that take them, and need not compress anything itself.
 */
export async function precompress(out: string): Promise<void> {
  const files = await readdir(out, { recursive: true, withFileTypes: true });
  const names = files.filter((file) => file.isFile() && COMPRESSIBLE.test(file.name));
  await Promise.all(names.map((file) => compress(resolve(file.parentPath, file.name))));
}

async function compress(name: string): Promise<void> {
  const bytes = await readFile(name);
  if (bytes.length <= LEAST_BYTES) return;
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: quality(name),
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
    promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  if (br.length < bytes.length) await writeFile(`${name}.br`, br);
  if (gz.length < bytes.length) await writeFile(`${name}.gz`, gz);
}

/** The 7.6 MB of the library for encryption take 1.9 s of a core at 9 (2.25 MB), 12.6 s at 10 (2.05), some 20 s at 11 (1.96). */
function quality(name: string): number {
  return name.endsWith('.wasm') ? 9 : constants.BROTLI_MAX_QUALITY;
}
