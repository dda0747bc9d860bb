import { expect, test } from 'vitest';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Received } from './e2ee.ts';

const sender = { user: '01890a5d-ac96-774b-bcce-b302099a8057', device: '000000000000abcd', thumbprint: 't' };
const group = Uint8Array.of(0, 255, 1);

test('what was received comes back, without what failed', () => {
  const message: Received = { seq: 1, outcome: { kind: 'message', sender, plaintext: Uint8Array.of(0, 200) } };
  const failed: Received = { seq: 2, outcome: { kind: 'failed', failure: { kind: 'stale' } } };
  const commit: Received = { seq: 3, outcome: { kind: 'commit', sender, active: false } };
  const back = readCheckpoint(writeCheckpoint(group, [message, failed, commit]));
  expect(back).toEqual({ group, received: [message, commit] });
});

test('a long text is no problem', () => {
  const plaintext = new Uint8Array(300_000).fill(7);
  const [back] = readCheckpoint(
    writeCheckpoint(group, [{ seq: 1, outcome: { kind: 'message', sender, plaintext } }]),
  ).received;
  expect(back?.outcome.kind === 'message' && Buffer.compare(back.outcome.plaintext, plaintext)).toBe(0);
});
