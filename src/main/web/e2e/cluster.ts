import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launch } from './node.ts';

const ROOT = new URL('../../../../', import.meta.url);
/** Cassandra, its tables, and all nodes, on few cores. */
const START_MILLIS = 240_000;

/** A node of a cluster, as seen from outside. */
export interface Member {
  readonly url: string;
  /** How many devices are connected to it. */
  sessions(): Promise<number>;
}

/** Several nodes on one Cassandra, all of them processes, which `io.parley.local.PipedCluster` starts and kills. */
export class ParleyCluster {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #lines: AsyncIterator<string>;
  readonly members: Member[] = [];

  private constructor(process: ChildProcess, directory: string) {
    this.#process = process;
    this.#directory = directory;
    const { stdout } = process;
    if (stdout === null) throw new Error('the cluster has no output');
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  static async start(nodes: number): Promise<ParleyCluster> {
    const { java, flags } = launch();
    const directory = mkdtempSync(join(tmpdir(), 'parley-e2e-cluster-'));
    const libraries = readFileSync(new URL('target/parley.classpath', ROOT), 'utf8').trim();
    const started = spawn(
      java,
      [
        '-XX:TieredStopAtLevel=1',
        `-Dparley.jvm.flags=${flags.join(' ')}`,
        '-cp',
        `target/test-classes:target/classes:${libraries}`,
        'io.parley.local.PipedCluster',
        directory,
        String(nodes),
      ],
      { cwd: fileURLToPath(ROOT), stdio: ['pipe', 'pipe', 'inherit'] },
    );
    const cluster = new ParleyCluster(started, directory);
    try {
      await within(START_MILLIS, cluster.#ready());
      return cluster;
    } catch (problem) {
      await cluster.stop();
      throw problem;
    }
  }

  /** kill -9. `number` from 1. */
  async kill(number: number): Promise<void> {
    this.#process.stdin?.write(`kill ${number}\n`);
    await this.#hears('done');
  }

  /** Where everything that it keeps and says stands. */
  get directory(): string {
    return this.#directory;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Everything ends, and its directory is removed. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.stdin?.end();
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    for (let line = await this.#line(); line !== 'ready'; line = await this.#line()) {
      const [, , url = '', management = ''] = line.split(' ');
      this.members.push({
        url,
        sessions: async () => {
          const metrics = await (await fetch(`${management}/metrics`)).text();
          return Number(/^parley_sessions ([\d.]+)$/m.exec(metrics)?.[1]);
        },
      });
    }
  }

  async #hears(expected: string): Promise<void> {
    const line = await this.#line();
    if (line !== expected) throw new Error(`the cluster says ${line}`);
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the cluster has ended');
    return value;
  }
}

async function within<T>(millis: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the cluster was not ready within ${millis / 1000} s`)), millis);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
