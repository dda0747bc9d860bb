import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const NAMED = /<(?:script|link)\b[^>]*?\b(?:src|href)="\.\/([^"]+\.(?:js|css))"[^>]*>/g;

/** The page names the hash of each script and style that it begins with (Subresource Integrity): so its own hash stands for all of them. */
export async function nameHashes(out: string): Promise<void> {
  const page = resolve(out, 'index.html');
  let html = await readFile(page, 'utf8');
  for (const [tag, name = ''] of html.matchAll(NAMED)) {
    const hash = createHash('sha384')
      .update(await readFile(resolve(out, name)))
      .digest('base64');
    html = html.replace(tag, tag.replace(/\s*\/?>$/, ` integrity="sha384-${hash}">`));
  }
  await writeFile(page, html);
}
