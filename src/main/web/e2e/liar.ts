import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ParleyNode } from './node.ts';

/** What a lying server makes of a frame: others in its place, or none. */
export type Lie = (frame: Record<string, unknown>) => readonly Record<string, unknown>[];

const TEXT = 1;
const FIN = 0x80;

/**
 * A server that passes on what the node says, and lies about it: frames of the WebSocket that come from the node go through `lie`. It is
 * the node for the browser that comes to it, so that it can do whatever a server that wants to read along can do.
 */
export class Liar {
  lie: Lie = (frame) => [frame];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Browsers that speak frames. */
  readonly #upgraded = new Set<Socket>();

  private constructor(node: ParleyNode) {
    this.#server = createServer((browser) => this.#between(browser, connect(node.port, '127.0.0.1')));
  }

  static async before(node: ParleyNode): Promise<Liar> {
    const liar = new Liar(node);
    await new Promise<void>((resolve) => liar.#server.listen(0, '127.0.0.1', resolve));
    return liar;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  /** What the node never said, at once. */
  say(frame: Record<string, unknown>): void {
    for (const browser of this.#upgraded) browser.write(textFrame(JSON.stringify(frame)));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #between(browser: Socket, node: Socket): void {
    const frames = new Frames((frame) => this.lie(frame));
    let isUpgraded = false;
    for (const [one, other] of [
      [browser, node],
      [node, browser],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        this.#upgraded.delete(one);
        other.destroy();
      });
    }
    browser.on('data', (bytes) => node.write(bytes));
    node.on('data', (bytes: Buffer) => {
      if (isUpgraded) browser.write(frames.through(bytes));
      else if (bytes.toString('latin1').startsWith('HTTP/1.1 101')) {
        isUpgraded = true;
        const end = bytes.indexOf('\r\n\r\n') + 4;
        browser.write(bytes.subarray(0, end));
        browser.write(frames.through(bytes.subarray(end)));
        this.#upgraded.add(browser);
      } else browser.write(bytes);
    });
  }
}

/** Frames of RFC 6455, section 5.2, as a server sends them: not masked, and of this server not in pieces. */
class Frames {
  readonly #lie: Lie;
  #held = Buffer.alloc(0);

  constructor(lie: Lie) {
    this.#lie = lie;
  }

  through(bytes: Buffer): Buffer {
    this.#held = Buffer.concat([this.#held, bytes]);
    const out: Buffer[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      if (frame.opcode !== TEXT) out.push(frame.whole);
      else {
        const said = JSON.parse(frame.payload.toString('utf8')) as Record<string, unknown>;
        for (const instead of this.#lie(said)) out.push(textFrame(JSON.stringify(instead)));
      }
    }
    return Buffer.concat(out);
  }

  #next(): { opcode: number; payload: Buffer; whole: Buffer } | undefined {
    const held = this.#held;
    if (held.length < 2) return undefined;
    const short = held.readUInt8(1) & 0x7f;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (held.length < header) return undefined;
    const length = short < 126 ? short : short === 126 ? held.readUInt16BE(2) : Number(held.readBigUInt64BE(2));
    if (held.length < header + length) return undefined;
    this.#held = held.subarray(header + length);
    return {
      opcode: held.readUInt8(0) & 0x0f,
      payload: held.subarray(header, header + length),
      whole: held.subarray(0, header + length),
    };
  }
}

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header =
    payload.length < 126
      ? Buffer.from([FIN | TEXT, payload.length])
      : payload.length < 65_536
        ? Buffer.from([FIN | TEXT, 126, payload.length >> 8, payload.length & 0xff])
        : undefined;
  if (header === undefined) throw new Error('longer than any frame of this server');
  return Buffer.concat([header, payload]);
}
