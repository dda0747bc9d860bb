import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The gallery, built as the client is built and served as a node serves the client.

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROUTES = new URL('../../../java/io/parley/http/WebClientRoutes.java', import.meta.url);

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** In a process of its own: the bundler brings threads that the test's does not end. */
export function buildGallery(folder: string): void {
  const vite = fileURLToPath(new URL('../../node_modules/vite/bin/vite.js', import.meta.url));
  const config = join(HERE, 'vite.config.ts');
  execFileSync(process.execPath, [vite, 'build', '--config', config, '--outDir', folder], { timeout: 60_000 });
}

/** The very headers of the node, read from its source: what a page may do cannot differ between here and there. */
export function policies(): Record<string, string> {
  const source = readFileSync(ROUTES, 'utf8');
  const list = /POLICIES\s*=\s*List\.of\(([\s\S]*?)\);/u.exec(source)?.[1] ?? '';
  const headers = [...list.matchAll(/header\(\s*"([^"]+)",\s*((?:"[^"]*"[\s+]*)+)\)/gu)].map(([, name, value]) => [
    name ?? '',
    [...(value ?? '').matchAll(/"([^"]*)"/gu)].map(([, part]) => part).join(''),
  ]);
  const found: Record<string, string> = Object.fromEntries(headers);
  if (found['Content-Security-Policy'] === undefined) throw new Error(`no policy found in ${ROUTES.pathname}`);
  return found;
}

export async function serveGallery(folder: string): Promise<{ readonly origin: string; readonly server: Server }> {
  const headers = policies();
  const server = createServer((request, response) => {
    const asked = new URL(request.url ?? '/', 'http://gallery').pathname;
    const file = asked === '/' ? '/index.html' : asked;
    try {
      const content = readFileSync(join(folder, file));
      response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain', ...headers });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the gallery has no address');
  return { origin: `http://127.0.0.1:${address.port}`, server };
}
