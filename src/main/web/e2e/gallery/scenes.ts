import type { Page } from '@playwright/test';
import { encryptionScenes } from './encryptionScenes.ts';

// Every page and state, and how to get there.

export interface Scene {
  readonly name: string;
  /** Whose browser it is: nobody's, somebody's who has no chats yet, or (if it says nothing) somebody's with many. */
  readonly as?: 'stranger' | 'empty';
  readonly hash?: string;
  /** What stands there once the page is drawn. */
  readonly until?: string;
  readonly act?: (page: Page) => Promise<unknown>;
  /** Also in the narrowest and the widest window, or enlarged to 200 %. */
  readonly alsoIn?: readonly ('narrow' | 'large' | 'zoomed' | 'forced')[];
}

const CHAT = '#/chat/jonas~mira';
const CHAT_DRAWN = '.message[data-seq="17"]';

const login = async (page: Page, user: string): Promise<void> => {
  await page.getByLabel('User ID').fill(user);
  await page.getByRole('textbox', { name: 'Password' }).fill('not the one');
  await page.keyboard.press('Enter');
};
const messageMenu = async (page: Page): Promise<void> => {
  // As the keyboard opens it: the same on a screen that is touched.
  await page.locator('.message.mine[data-seq] article').last().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
};
const search = async (page: Page, words: string, until: string): Promise<void> => {
  await page.getByRole('searchbox').fill(words);
  await page.locator(until).first().waitFor();
};
const newChat = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'New chat' }).first().click();
  await page.getByLabel('User ID of the person').waitFor();
};

const filesDrawn = async (page: Page): Promise<void> => {
  // In one step: the chat may be drawn again between two.
  await page
    .locator('.picture')
    .last()
    .evaluate((picture) => picture.scrollIntoView());
  await page.locator('.picture-problem').waitFor();
  await page
    .locator('.picture')
    .first()
    .evaluate((picture) => picture.scrollIntoView());
  await page.locator('.picture .full').first().waitFor();
};
const chosen = async (page: Page): Promise<void> => {
  const asked = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'File' }).click();
  await (await asked).setFiles([
    { name: 'harbour.png', mimeType: 'image/png', buffer: Buffer.from(DOT, 'base64') },
    { name: 'minutes of the meeting in november.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(1_200_000) },
  ]);
  await page.locator('.send-picture').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).waitFor();
};
const viewed = async (page: Page): Promise<void> => {
  await filesDrawn(page);
  await page.getByRole('button', { name: 'Open Photo' }).first().click();
  await page.locator('.viewer img').last().waitFor();
};
/** The smallest picture there is. */
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const SETTINGS = [
  'profile',
  'privacy',
  'devices',
  'password',
  'appearance',
  'notifications',
  'storage',
  'shortcuts',
  'about',
];

export const scenes: readonly Scene[] = [
  { name: 'files', hash: '#/chat/lena~mira', act: filesDrawn, alsoIn: ['narrow', 'zoomed', 'forced'] },
  { name: 'files-chosen', hash: '#/chat/lena~mira', until: '.message', act: chosen, alsoIn: ['narrow', 'zoomed'] },
  { name: 'files-viewer', hash: '#/chat/lena~mira', act: viewed, alsoIn: ['narrow', 'forced'] },
  { name: 'login', as: 'stranger', alsoIn: ['forced'] },
  {
    name: 'login-wrong',
    as: 'stranger',
    act: async (page) => {
      await login(page, 'mira');
      await page.locator('.problem').first().waitFor();
    },
  },
  {
    name: 'login-many-devices',
    as: 'stranger',
    act: async (page) => {
      await login(page, 'many');
      await page.getByRole('radio').first().waitFor();
    },
  },
  {
    name: 'register',
    as: 'stranger',
    hash: '#/register',
    act: async (page) => {
      await page.getByLabel('User ID').fill('M');
      await page.keyboard.press('Enter');
    },
  },
  { name: 'list-empty', as: 'empty', until: '.list-pane .empty' },
  { name: 'list', until: '.chat-row', alsoIn: ['narrow', 'large', 'forced'] },
  { name: 'chat', hash: CHAT, until: CHAT_DRAWN, alsoIn: ['narrow', 'large', 'zoomed', 'forced'] },
  { name: 'chat-unread', hash: '#/chat/mira~noor', until: '.unread-divider' },
  { name: 'chat-unread-many', hash: '#/chat/mira~zacharias', until: '.unread-divider' },
  { name: 'chat-notes', hash: '#/chat/mira~mira', until: '.message' },
  { name: 'chat-empty', hash: '#/chat/mira~nobody', until: '.pane:not(.list-pane) .empty' },
  {
    name: 'chat-refused',
    hash: '#/chat/mira~tomasz',
    until: '.message',
    act: async (page) => {
      await page.evaluate(() => window.gallery.refuse('mira~tomasz', 'r1', 'And I bring plums'));
      await page.locator('.refusal').waitFor();
    },
    alsoIn: ['forced'],
  },
  {
    name: 'chat-typing',
    hash: '#/chat/mira~tomasz',
    until: '.message',
    act: async (page) => {
      await page.evaluate(() => {
        window.gallery.typing('mira~tomasz', 'tomasz');
        window.gallery.typing('ines~mira', 'ines');
      });
      await page.locator('.chat-title .live').waitFor();
    },
  },
  {
    name: 'chat-long-text',
    hash: '#/chat/mira~priya.r',
    until: '.message',
    act: async (page) => {
      await page.locator('#composer').fill('line 😀 and some words\n'.repeat(200).slice(0, 4_300));
      await page.locator('#composer-count').waitFor();
    },
  },
  {
    name: 'emoji',
    hash: CHAT,
    until: CHAT_DRAWN,
    act: async (page) => {
      await page.getByRole('button', { name: 'Emoji' }).click();
      await page.locator('.emoji-grid button').first().waitFor();
    },
    alsoIn: ['narrow'],
  },
  { name: 'message-menu', hash: CHAT, until: CHAT_DRAWN, act: messageMenu, alsoIn: ['forced'] },
  {
    name: 'message-info',
    hash: CHAT,
    until: CHAT_DRAWN,
    act: async (page) => {
      await messageMenu(page);
      await page.getByRole('menuitem', { name: 'Message info' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'message-info-before',
    hash: CHAT,
    until: CHAT_DRAWN,
    act: async (page) => {
      await page.locator('.message[data-seq="10"] article').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Message info' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'search', until: '.chat-row', act: (page) => search(page, 'plum', '.found-message') },
  { name: 'search-nothing', until: '.chat-row', act: (page) => search(page, 'xyzzy', '.list-pane .empty') },
  { name: 'new-chat', until: '.chat-row', act: newChat },
  {
    name: 'new-chat-unknown',
    until: '.chat-row',
    act: async (page) => {
      await newChat(page);
      await page.getByLabel('User ID of the person').fill('bobby');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').locator('.problem').waitFor();
    },
  },
  {
    name: 'shortcuts',
    until: '.chat-row',
    act: async (page) => {
      await page.locator('body').press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'log-out',
    hash: '#/settings',
    until: '.settings-row',
    act: async (page) => {
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.locator('.losses').waitFor();
    },
  },
  { name: 'settings', hash: '#/settings', until: '.settings-row' },
  ...SETTINGS.map(
    (section): Scene => ({
      name: `settings-${section}`,
      hash: `#/settings/${section}`,
      until: section === 'devices' ? '.devices li' : '.page > *',
      alsoIn: section === 'privacy' ? ['forced'] : [],
    }),
  ),
  ...(['connecting', 'catching-up', 'offline', 'elsewhere', 'storage-full', 'logged-out'] as const).map(
    (state): Scene => ({
      name: `banner-${state}`,
      hash: CHAT,
      until: CHAT_DRAWN,
      act: async (page) => {
        await page.evaluate((told) => {
          if (told === 'offline') window.gallery.link({ state: told, retryAt: Date.now() + 12_000 });
          else if (told === 'logged-out') window.gallery.link({ state: told, why: '' });
          else window.gallery.link({ state: told });
        }, state);
        await page.locator('.banner').waitFor({ state: 'attached' });
      },
      alsoIn: state === 'storage-full' ? ['narrow', 'forced'] : [],
    }),
  ),
  {
    name: 'storage-full-sending',
    hash: CHAT,
    until: CHAT_DRAWN,
    act: async (page) => {
      await page.evaluate(() => {
        window.gallery.link({ state: 'storage-full' });
        window.gallery.hint('storageFullSending');
      });
      await page.locator('.toast').waitFor();
    },
  },
  {
    name: 'logged-out-list',
    until: '.chat-row',
    act: async (page) => {
      await page.evaluate(() => window.gallery.link({ state: 'logged-out', why: '' }));
      await page.locator('.banner').waitFor();
    },
  },
  {
    name: 'logged-out-login',
    hash: '#/login',
    act: async (page) => {
      await page.evaluate(() => window.gallery.link({ state: 'logged-out', why: '' }));
      await page.getByLabel('User ID').waitFor();
    },
  },
  ...encryptionScenes,
  // The last one, since only a reload leads out of it.
  {
    name: 'broken',
    until: '.chat-row',
    act: async (page) => {
      await page.evaluate(() => window.gallery.breaks());
      await page.locator('.entrance .empty').waitFor();
    },
  },
];
