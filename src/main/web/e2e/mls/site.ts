import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The page of a device, built as the client is built and served with a policy as strict as the node's.

const HERE = fileURLToPath(new URL('.', import.meta.url));

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** The node's (WebClientRoutes), and the one thing that WebAssembly needs. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; " +
  "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types parley";

export interface Site {
  readonly origin: string;
  readonly server: Server;
}

/** In a process of its own: the bundler brings threads that the test's does not end. */
export function buildPage(folder: string, page = HERE): void {
  const vite = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));
  const config = join(page, 'vite.config.ts');
  execFileSync(process.execPath, [vite, 'build', '--config', config, '--outDir', folder], { timeout: 60_000 });
}

export async function servePage(folder: string, policy = POLICY): Promise<Site> {
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://page').pathname;
    const file = asked === '/' ? '/index.html' : asked;
    try {
      const content = readFileSync(join(folder, file));
      response.writeHead(200, {
        'Content-Type': TYPES[extname(file)] ?? 'text/plain',
        'Cache-Control': file.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        'Content-Security-Policy': policy,
        'Cross-Origin-Opener-Policy': 'same-origin',
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the page has no address');
  return { origin: `http://127.0.0.1:${address.port}`, server };
}
