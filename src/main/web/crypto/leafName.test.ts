import { expect, test } from 'vitest';
import { leafName, parseLeafName, thumbprintOf } from './leafName.ts';

const user = '01890a5d-ac96-774b-bcce-b302099a8057';

test('a device number loses its zeros in front, and gets them back', () => {
  for (const [device, written] of [
    ['fedcba9876543210', 'fedcba9876543210'],
    ['000000000000abcd', 'abcd'],
    ['0000000000000000', '0'],
  ] as const) {
    expect(leafName({ user, device })).toBe(`${user}:${written}@parley`);
    expect(parseLeafName(leafName({ user, device }))).toEqual({ user, device });
  }
});

test('a name of any other form is nobody', () => {
  for (const name of [
    `${user}:00ab@parley`,
    `${user}:AB@parley`,
    `${user.toUpperCase()}:ab@parley`,
    `${user}:ab@elsewhere`,
    `${user}:ab@parley `,
    `${user}:1fedcba9876543210@parley`,
    'ada',
  ]) {
    expect(parseLeafName(name)).toBeUndefined();
  }
});

test('the thumbprint is the one of RFC 8037', async () => {
  const key = Uint8Array.from(atob('11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='), (c) => c.charCodeAt(0));
  expect(await thumbprintOf(key)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
});
