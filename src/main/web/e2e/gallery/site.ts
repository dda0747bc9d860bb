import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ParleyNode } from '../node.ts';

// The gallery, built as the client is built and served as a node serves the client.

const HERE = fileURLToPath(new URL('.', import.meta.url));

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

/** The very headers of a node: what a page may do cannot differ between here and there. */
async function policies(): Promise<Record<string, string>> {
  const node = await ParleyNode.start();
  try {
    const { headers } = await fetch(`${node.url}/`);
    const found = Object.fromEntries([...headers].filter(([name]) => name.includes('policy')));
    if (found['content-security-policy'] === undefined) throw new Error(`no policy found at ${node.url}`);
    return found;
  } finally {
    await node.stop();
  }
}

export async function serveGallery(folder: string): Promise<{ readonly origin: string; readonly server: Server }> {
  const headers = await policies();
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
