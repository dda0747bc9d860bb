import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { launch } from './node.ts';

// Whether words stand anywhere where a server keeps something.

/** The files below `directory` in which these bytes stand. */
export function filesWith(words: string, directory: string): string[] {
  const found = spawnSync('grep', ['-rlaF', words, directory], { encoding: 'utf8' });
  if (found.status !== 0 && found.status !== 1) throw new Error(found.stderr);
  return found.stdout.split('\n').filter((line) => line !== '');
}

/** Whether these words stand in the memory of a Java process: in its whole heap, also in what nobody needs any more. */
export function heapHas(pid: number, ...words: readonly string[]): boolean[] {
  const dump = join(tmpdir(), `parley-heap-${pid}-${Date.now()}.hprof`);
  try {
    execFileSync(join(dirname(launch().java), 'jcmd'), [`${pid}`, 'GC.heap_dump', '-all', dump], { timeout: 60_000 });
    return words.map((each) => filesWith(each, dump).length > 0);
  } finally {
    rmSync(dump, { force: true });
  }
}

/** The processes that run a node, below this one. */
export function nodesBelow(pid: number): number[] {
  const children = spawnSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' }).stdout.split('\n');
  return children
    .map(Number)
    .filter((child) => child > 0 && existsSync(`/proc/${child}/cmdline`))
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0').includes('io.parley.Main'));
}
