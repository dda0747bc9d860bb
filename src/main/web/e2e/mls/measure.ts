import { openCoreCrypto } from '../../crypto/coreCrypto.ts';
import { coreCryptoLibrary } from '../../crypto/coreCryptoLibrary.ts';
import type { CommitBundle, E2ee } from '../../crypto/e2ee.ts';

// What encryption costs: bytes, milliseconds, memory. All devices in one worker, with a server that takes everything.

const SIZES = [2, 4, 16, 100] as const;
const TEXT_BYTES = [1, 50, 100, 160, 300, 1000] as const;
const RUNS = 200;
const BATCH = 100;

export interface Measured {
  readonly startMillis: number;
  readonly openMillis: number;
  readonly keyPackage: { readonly bytes: number; readonly millisPer100: number };
  readonly groups: readonly GroupCost[];
  readonly messageBytes: Record<number, number>;
  readonly perSecond: Record<'encrypt' | 'encryptBatched' | 'decrypt' | 'decryptBatched', number>;
  readonly wasmMemoryBytes: number;
}

interface GroupCost {
  readonly members: number;
  readonly addAll: CommitCost;
  readonly update: CommitCost;
  readonly addOne: CommitCost;
  readonly removeOne: CommitCost;
  readonly rejoin: CommitCost;
  readonly joinMillis: number;
  readonly processUpdateMillis: number;
}

interface CommitCost {
  readonly millis: number;
  readonly commit: number;
  readonly welcome: number;
  readonly groupInfo: number;
}

let latest: CommitBundle | undefined;
let opened = 0;

export async function measure(): Promise<Measured> {
  const memory = watchMemory();
  const [, startMillis] = await timed(coreCryptoLibrary);
  const [first, openMillis] = await timed(open);
  const [packages, millisPer100] = await timed(() => first.keyPackages(100, 3600));
  const groups: GroupCost[] = [];
  for (const members of SIZES) groups.push(await measureGroup(first, members));
  return {
    startMillis,
    openMillis,
    keyPackage: { bytes: packages[0]?.length ?? 0, millisPer100 },
    groups,
    ...(await measureMessages(first)),
    wasmMemoryBytes: memory(),
  };
}

async function measureGroup(first: E2ee, members: number): Promise<GroupCost> {
  const group = new TextEncoder().encode(crypto.randomUUID());
  const others: E2ee[] = [];
  for (let made = 0; made <= members; made++) others.push(await open());
  const packages: Uint8Array[] = [];
  for (const other of others) packages.push(...(await other.keyPackages(1, 3600)));
  await first.create(group);
  const addAll = await costOf(() => first.add(group, packages.slice(0, members - 1)));
  const welcome = latest?.welcome ?? new Uint8Array();
  const [second, third] = others;
  if (second === undefined || third === undefined) throw new Error('too few');
  const [, joinMillis] = await timed(() => second.join(welcome));
  const update = await costOf(() => first.update(group));
  const commit = latest?.commit ?? new Uint8Array();
  const [, processUpdateMillis] = await timed(() => second.receive(group, [{ seq: 1, message: commit }]));
  const addOne = await costOf(() => first.add(group, packages.slice(members - 1, members)));
  const added = others[members - 1];
  if (added === undefined) throw new Error('too few');
  const removeOne = await costOf(() => first.remove(group, [added.name]));
  const groupInfo = latest?.groupInfo ?? new Uint8Array();
  const rejoin = await costOf(() => second.rejoin(group, groupInfo));
  return { members, addAll, update, addOne, removeOne, rejoin, joinMillis, processUpdateMillis };
}

async function measureMessages(first: E2ee): Promise<Pick<Measured, 'messageBytes' | 'perSecond'>> {
  const group = new TextEncoder().encode(crypto.randomUUID());
  const second = await open();
  await first.create(group);
  await first.add(group, await second.keyPackages(1, 3600));
  await second.join(latest?.welcome ?? new Uint8Array());
  const messageBytes: Record<number, number> = {};
  for (const bytes of TEXT_BYTES) {
    const [message] = await first.encrypt(group, [new Uint8Array(bytes)]);
    messageBytes[bytes] = message?.length ?? 0;
  }
  const text = new Uint8Array(160);
  const single: Uint8Array[] = [];
  const [, encryptMillis] = await timed(async () => {
    for (let run = 0; run < RUNS; run++) single.push(...(await first.encrypt(group, [text])));
  });
  const batches: Uint8Array[][] = [];
  const [, encryptBatchedMillis] = await timed(async () => {
    for (let run = 0; run < RUNS / BATCH; run++) batches.push(await first.encrypt(group, Array(BATCH).fill(text)));
  });
  let seq = 0;
  const [, decryptMillis] = await timed(async () => {
    for (const message of single) await second.receive(group, [{ seq: ++seq, message }]);
  });
  const [, decryptBatchedMillis] = await timed(async () => {
    for (const batch of batches) {
      const outcomes = await second.receive(
        group,
        batch.map((message) => ({ seq: ++seq, message })),
      );
      if (outcomes.some(({ outcome }) => outcome.kind !== 'message')) throw new Error('not decrypted');
    }
  });
  const perSecond = {
    encrypt: rate(encryptMillis),
    encryptBatched: rate(encryptBatchedMillis),
    decrypt: rate(decryptMillis),
    decryptBatched: rate(decryptBatchedMillis),
  };
  return { messageBytes, perSecond };
}

function rate(millis: number): number {
  return Math.round((RUNS / millis) * 1000);
}

async function open(): Promise<E2ee> {
  const device = (++opened).toString(16).padEnd(16, 'b');
  return openCoreCrypto({
    name: { user: crypto.randomUUID(), device },
    stateKey: crypto.getRandomValues(new Uint8Array(32)),
    transport: {
      submit: (_id, bundle) => {
        latest = bundle;
        return Promise.resolve({ kind: 'accepted' });
      },
    },
  });
}

async function costOf(work: () => Promise<void>): Promise<CommitCost> {
  const [, millis] = await timed(work);
  const { commit, welcome, groupInfo } = latest ?? {};
  return {
    millis,
    commit: commit?.length ?? 0,
    welcome: welcome?.length ?? 0,
    groupInfo: groupInfo?.length ?? 0,
  };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const from = performance.now();
  const result = await work();
  return [result, Math.round((performance.now() - from) * 10) / 10];
}

/** The library does not show its memory; its start does. */
function watchMemory(): () => number {
  let memory: WebAssembly.Memory | undefined;
  const instantiate = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const started = await instantiate(source, imports);
    const exported = Object.values(started.instance.exports).find((value) => value instanceof WebAssembly.Memory);
    if (exported instanceof WebAssembly.Memory) memory = exported;
    return started;
  };
  return () => memory?.buffer.byteLength ?? 0;
}
