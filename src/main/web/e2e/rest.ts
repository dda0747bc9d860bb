import { createHash } from 'node:crypto';
import type { ParleyNode } from './node.ts';

/** A person who writes as a program does, over REST: fast, and without a browser. */
export class Program {
  private constructor(
    private readonly node: ParleyNode,
    readonly user: string,
    readonly token: string,
  ) {}

  static async registers(node: ParleyNode, user: string): Promise<Program> {
    const password = `the password of ${user}`;
    await call(node, '/v1/accounts', { user, password });
    const { token } = await call(node, '/v1/login', { user, password, device: { name: 'program', platform: 'test' } });
    return new Program(node, user, String(token));
  }

  async sends(to: string, id: string, text: string): Promise<void> {
    await call(this.node, '/v1/messages', { to, id, body: { type: 'text', text } }, this.token);
  }

  async reads(path: string): Promise<Record<string, unknown>> {
    return (await (await this.#get(path)).json()) as Record<string, unknown>;
  }

  /** An upload, all of it. */
  async fetches(media: string): Promise<Buffer> {
    return Buffer.from(await (await this.#get(`/v1/media/${media}`)).arrayBuffer());
  }

  async #get(path: string): Promise<Response> {
    const response = await fetch(this.node.url + path, { headers: { Authorization: `Bearer ${this.token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** A picture, uploaded and then sent. */
  async sendsPicture(to: string, id: string, picture: Buffer, text: string): Promise<void> {
    const conversation = [this.user, to].sort().join('~');
    const named = { conversation, sha256: createHash('sha256').update(picture).digest('base64url') };
    const metadata = Object.entries(named).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`);
    const created = await fetch(`${this.node.url}/v1/media`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${this.token}`,
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(picture.length),
        'Upload-Metadata': metadata.join(','),
        'Content-Type': 'application/offset+octet-stream',
      },
      body: new Uint8Array(picture),
    });
    if (created.status !== 201) throw new Error(`${created.status} ${await created.text()}`);
    const media = created.headers.get('Location')?.split('/').at(-1) ?? '';
    const file = { media, kind: 'image', type: 'image/jpeg', size: picture.length, width: 1200, height: 800 };
    await call(
      this.node,
      '/v1/messages',
      { to, id, body: { type: 'media', text, files: [file] }, media: [media] },
      this.token,
    );
  }

  /** `count` messages, many at a time, in whatever order they arrive. */
  async sendsAtOnce(to: string, count: number): Promise<void> {
    let next = 1;
    const lane = async (): Promise<void> => {
      while (next <= count) {
        const n = next++;
        await this.sends(to, `m${n}`, `message ${n}`);
      }
    };
    await Promise.all(Array.from({ length: 20 }, lane));
  }

  /** `count` messages, `perSecond` at most, in order: each waits for the one before. */
  async sendsMany(to: string, from: number, count: number, perSecond = Number.POSITIVE_INFINITY): Promise<void> {
    const began = Date.now();
    for (let n = 0; n < count; n += 1) {
      const due = began + (n * 1_000) / perSecond;
      if (due > Date.now()) await new Promise((resolve) => setTimeout(resolve, due - Date.now()));
      await this.sends(to, `m${from + n}`, `message ${from + n}`);
    }
  }
}

async function call(node: ParleyNode, path: string, body: unknown, token?: string): Promise<Record<string, unknown>> {
  const response = await fetch(node.url + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
