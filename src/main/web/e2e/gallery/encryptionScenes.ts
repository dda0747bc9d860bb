import type { Page } from '@playwright/test';
import type { EncryptionTrouble, KeysState } from '../../model.ts';
import type { Outcome } from './encryption.ts';
import type { Scene } from './scenes.ts';

// What is seen of encryption: locks, numbers, and the keys of one's devices.

/** As long as those of `approvalCode`. */
const CODE = '40719 35581 02264 91837';
const CHAT = '#/chat/jonas~mira';
const DRAWN = '.message[data-seq="17"]';

const ASKING: KeysState = {
  state: 'ready',
  waiting: [{ device: '1111222233334444', name: 'Chrome on Android', code: CODE }],
};

const keys = (page: Page, told: KeysState): Promise<void> => page.evaluate((state) => window.gallery.keys(state), told);

const safety = async (page: Page, until: string): Promise<void> => {
  await page.locator('.lock-button').click();
  await page.getByRole('dialog').locator(until).first().waitFor();
};
/** The chat, of which the page has heard no number yet. */
const unheard = async (page: Page): Promise<void> => {
  await page.evaluate((hash) => {
    window.gallery.number('none');
    location.hash = hash;
  }, CHAT);
  await page.locator(DRAWN).waitFor();
  await page.locator('.lock-button.closed').waitFor();
};
/** What comes of asking for a number. */
const numbered = (name: string, wanted: Outcome, until: string, alsoIn: Scene['alsoIn'] = []): Scene => ({
  name: `safety-${name}`,
  hash: '#/chat/mira~mira',
  until: '.message',
  act: async (page) => {
    await unheard(page);
    await page.evaluate((number) => window.gallery.number(number), wanted);
    await safety(page, until);
  },
  alsoIn,
});
const troubled = (name: string, trouble: EncryptionTrouble, act?: Scene['act']): Scene => ({
  name,
  hash: CHAT,
  until: DRAWN,
  act: async (page) => {
    await page.evaluate(async (told) => {
      window.gallery.number(told === 'verified-changed' ? 'changed' : 'unverified');
      await window.gallery.encrypt('jonas~mira', { trouble: told });
    }, trouble);
    await page.locator('.trouble-bar').waitFor();
    await act?.(page);
  },
  alsoIn: ['narrow', 'zoomed', 'forced'],
});
const approving = async (page: Page): Promise<void> => {
  await keys(page, ASKING);
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('dialog').locator('.code').waitFor();
};
const startAnew = async (page: Page): Promise<void> => {
  await keys(page, { state: 'waiting', code: CODE });
  await page.getByRole('button', { name: 'I have no other device' }).click();
  await page.getByRole('dialog').waitFor();
};
const logOut = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('dialog').waitFor();
};

export const encryptionScenes: readonly Scene[] = [
  {
    name: 'chat-encrypted',
    hash: '#/chat/ines~mira',
    until: '.chat-note',
    alsoIn: ['narrow', 'zoomed', 'forced'],
  },
  {
    name: 'chat-verified',
    hash: '#/chat/mira~mira',
    act: async (page) => {
      await page.evaluate((hash) => {
        window.gallery.number('verified');
        location.hash = hash;
      }, CHAT);
      await page.locator('.lock-button.verified').waitFor();
    },
  },
  { name: 'chat-only-encrypted', hash: '#/chat/mira~oma', until: '.chat-note' },
  { name: 'chat-unreadable', hash: '#/chat/hanna~mira', until: '.unsupported', alsoIn: ['narrow', 'forced'] },
  troubled('trouble-unknown-device', 'unknown-device'),
  troubled('trouble-number-changed', 'verified-changed'),
  troubled('safety-unknown-device', 'unknown-device', (page) => safety(page, '.warning')),
  numbered('number', 'unverified', 'path.qr-dark', ['narrow', 'zoomed', 'forced']),
  numbered('verified', 'verified', '.safety-status .icon'),
  numbered('changed', 'changed', '.warning', ['narrow']),
  numbered('looking', 'slow', '.hint[role="status"]'),
  numbered('failing', 'failing', '.problem'),
  numbered('none', 'none', '.hint[role="status"]'),
  {
    name: 'safety-notes',
    hash: '#/chat/mira~mira',
    until: '.message',
    act: (page) => safety(page, 'p'),
  },
  {
    name: 'safety-plain',
    hash: '#/chat/mira~noor',
    until: '.message',
    act: (page) => safety(page, '.takes'),
    alsoIn: ['narrow'],
  },
  {
    name: 'safety-off',
    hash: '#/chat/mira~noor',
    until: '.message',
    act: async (page) => {
      await keys(page, { state: 'off' });
      await safety(page, 'p');
    },
  },
  {
    name: 'keys-waiting',
    until: '.chat-row',
    act: async (page) => {
      await keys(page, { state: 'waiting', code: CODE });
      await page.locator('.keys-card').waitFor();
    },
    alsoIn: ['narrow', 'zoomed', 'forced'],
  },
  {
    name: 'keys-approved',
    until: '.chat-row',
    act: async (page) => {
      await keys(page, { state: 'waiting', code: CODE });
      await keys(page, { state: 'ready', waiting: [] });
      await page.locator('.keys-card').waitFor();
    },
  },
  { name: 'start-anew', until: '.chat-row', act: startAnew, alsoIn: ['narrow', 'zoomed'] },
  {
    name: 'start-anew-wrong',
    until: '.chat-row',
    act: async (page) => {
      await startAnew(page);
      await page.getByRole('textbox', { name: 'Password' }).fill('not the one');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').locator('.problem').waitFor();
    },
  },
  {
    name: 'keys-asked',
    hash: CHAT,
    until: DRAWN,
    act: async (page) => {
      await keys(page, ASKING);
      await page.locator('.banner').waitFor();
    },
  },
  { name: 'approve', hash: CHAT, until: DRAWN, act: approving, alsoIn: ['narrow', 'zoomed', 'forced'] },
  {
    name: 'approve-not-mine',
    hash: CHAT,
    until: DRAWN,
    act: async (page) => {
      await approving(page);
      await page.getByRole('button', { name: 'It’s not mine' }).click();
      await page.getByRole('dialog').locator('.danger').waitFor();
    },
    alsoIn: ['narrow'],
  },
  {
    name: 'devices-asking',
    hash: '#/settings/devices',
    until: '.devices li',
    act: async (page) => {
      await keys(page, ASKING);
      await page.locator('.waits').waitFor();
    },
    alsoIn: ['narrow', 'forced'],
  },
  {
    name: 'keys-lost',
    until: '.chat-row',
    act: async (page) => {
      await keys(page, { state: 'lost' });
      await page.locator('.banner').waitFor();
    },
    alsoIn: ['narrow', 'forced'],
  },
  {
    name: 'log-out-only-device',
    hash: '#/settings',
    until: '.settings-row',
    act: async (page) => {
      await page.evaluate(() => window.gallery.onlyDevice());
      await logOut(page);
      await page.getByRole('dialog').locator('p strong').first().waitFor();
    },
  },
];
