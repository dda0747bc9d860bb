import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesWith, heapHas } from './searching.ts';

/** A Parley node as a process of its own, with a data directory of its own. */
export class ParleyNode {
  private process: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly port: number,
    private readonly managementPort: number,
    private readonly directory: string,
    private readonly settings: Record<string, string>,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<ParleyNode> {
    const directory = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
    const node = new ParleyNode(await freePort(), await freePort(), directory, settings);
    await node.again();
    return node;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it (again) on the same ports and data; resolves when messages can be sent. */
  async again(): Promise<void> {
    const { java, flags, archive, classpath } = launch();
    const soon = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']; // starts soon rather than computes fast
    const child = spawn(java, [...flags, ...soon, ...archive, '-cp', classpath, 'io.parley.Main'], {
      env: {
        ...process.env,
        PARLEY_PORT: String(this.port),
        PARLEY_MANAGEMENT_PORT: String(this.managementPort),
        PARLEY_DATA_DIR: this.directory,
        ...this.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      if (child.exitCode !== null) throw new Error(`the node ended with ${child.exitCode}:\n${this.output}`);
      if (await this.isReady()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the node was not ready within 60 s:\n${this.output}`);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** SIGTERM, and the data directory is removed. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The files of its data directory in which these bytes stand, and what it has printed if they stand there. */
  find(words: string): string[] {
    const files = filesWith(words, this.directory);
    return this.output.includes(words) ? [...files, 'output'] : files;
  }

  /** Whether these words stand in its memory. */
  remembers(...words: readonly string[]): boolean[] {
    return heapHas(this.process?.pid ?? 0, ...words);
  }

  /** What its management port says: metrics, health, cluster. */
  async manages(): Promise<string> {
    const paths = ['/metrics', '/health/ready', '/health/alive', '/cluster/members'];
    const said = await Promise.all(
      paths.map(async (path) => (await fetch(`http://127.0.0.1:${this.managementPort}${path}`)).text()),
    );
    return said.join('\n');
  }

  /** Sessions that the node has closed, for whatever reason. */
  async sessionsEnded(): Promise<number> {
    const metrics = await (await fetch(`http://127.0.0.1:${this.managementPort}/metrics`)).text();
    return [...metrics.matchAll(/^parley_sessions_closed_total\{code="\d+"\} ([\d.]+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.managementPort}/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}

export interface Launch {
  readonly java: string;
  readonly flags: readonly string[];
  /** Flags of what the JVM has learnt of the program beforehand. */
  readonly archive: readonly string[];
  readonly classpath: string;
  /** The build was told to leave out what needs a Cassandra. */
  readonly isWithoutCassandra: boolean;
}

/** How the Maven build says a node is started. */
export function launch(): Launch {
  const file = new URL('../../../../target/web-node.txt', import.meta.url);
  const [java, flags, archive, classpath, isWithoutCassandra] = readFileSync(file, 'utf8').split('\n');
  if (!java || flags === undefined || archive === undefined || !classpath || isWithoutCassandra === undefined)
    throw new Error(`damaged: ${file.pathname}`);
  const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');
  return {
    java,
    flags: words(flags),
    archive: words(archive),
    classpath,
    isWithoutCassandra: isWithoutCassandra.trim() === 'true',
  };
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
