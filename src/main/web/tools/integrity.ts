import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const NAMED = /<(?:script|link)\b[^>]*?\b(?:src|href)="\.\/([^"]+\.(?:js|css))"[^>]*>/g;

/** Its name cannot say what is in it, and no browser checks it: the page says it, for whoever compares. */
const SERVICE_WORKER = 'stream.js';

/** The page names the hash of each script and style that it begins with (Subresource Integrity): so its own hash stands for all of them. */
export async function nameHashes(out: string): Promise<void> {
  const page = resolve(out, 'index.html');
  const hashOf = async (name: string): Promise<string> =>
    `sha384-${createHash('sha384')
      .update(await readFile(resolve(out, name)))
      .digest('base64')}`;
  let html = await readFile(page, 'utf8');
  for (const [tag, name = ''] of html.matchAll(NAMED)) {
    html = html.replace(tag, tag.replace(/\s*\/?>$/, ` integrity="${await hashOf(name)}">`));
  }
  if (existsSync(resolve(out, SERVICE_WORKER))) {
    // pages for tests have none
    html = html.replace(
      '</head>',
      `  <meta name="${SERVICE_WORKER}" content="${await hashOf(SERVICE_WORKER)}">\n  </head>`,
    );
  }
  await writeFile(page, html);
}
