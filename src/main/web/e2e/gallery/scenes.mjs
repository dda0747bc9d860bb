// Every page, and how to get there.
const all = ['wide', 'phone', 'small', 'large'];

export const scenes = [
  { name: 'login', as: 'stranger', sizes: all },
  {
    name: 'login-wrong',
    as: 'stranger',
    act: async (page) => {
      await page.fill('[name=username]', 'mira');
      await page.fill('[name=password]', 'not the one');
      await page.keyboard.press('Enter');
    },
  },
  {
    name: 'login-many',
    as: 'stranger',
    act: async (page) => {
      await page.fill('[name=username]', 'many');
      await page.fill('[name=password]', 'not the one');
      await page.keyboard.press('Enter');
    },
  },
  {
    name: 'register',
    as: 'stranger',
    hash: '#/register',
    sizes: all,
    act: async (page) => {
      await page.fill('[name=username]', 'M');
      await page.keyboard.press('Enter');
    },
  },
  { name: 'empty', as: 'empty' },
  { name: 'list', sizes: all },
  { name: 'chat', hash: '#/chat/jonas~mira', sizes: all },
  { name: 'unread', hash: '#/chat/mira~noor' },
  { name: 'unread-many', hash: '#/chat/mira~zacharias' },
  { name: 'notes', hash: '#/chat/mira~mira' },
  { name: 'nothing', hash: '#/chat/mira~nobody' },
  {
    name: 'refused',
    hash: '#/chat/mira~tomasz',
    act: (page) => page.evaluate(() => window.gallery.refuse('mira~tomasz', 'r1', 'And I bring plums')),
  },
  {
    name: 'typing',
    hash: '#/chat/mira~tomasz',
    act: (page) =>
      page.evaluate(() => {
        window.gallery.typing('mira~tomasz', 'tomasz');
        window.gallery.typing('ines~mira', 'ines');
      }),
  },
  {
    name: 'menu',
    hash: '#/chat/jonas~mira',
    act: async (page) => {
      await page.locator('.message.mine article').last().click({ button: 'right' });
    },
  },
  {
    name: 'info',
    hash: '#/chat/jonas~mira',
    act: async (page) => {
      await page.locator('.message.mine[data-seq] article').last().click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Message info' }).click();
    },
  },
  {
    name: 'search',
    act: async (page) => {
      await page.fill('#search-box', 'plum');
      await page.waitForTimeout(500);
    },
  },
  {
    name: 'search-nothing',
    act: async (page) => {
      await page.fill('#search-box', 'xyzzy');
      await page.waitForTimeout(500);
    },
  },
  {
    name: 'emoji',
    hash: '#/chat/jonas~mira',
    act: async (page) => {
      await page.getByRole('button', { name: 'Emoji' }).click();
      await page.waitForSelector('.emoji-grid button');
    },
  },
  {
    name: 'long-text',
    hash: '#/chat/jonas~mira',
    act: async (page) => {
      await page.fill(
        '#composer',
        Array.from({ length: 400 }, (_, at) => `line ${at} 😀`)
          .join('\n')
          .slice(0, 4300),
      );
    },
  },
  { name: 'new-chat', act: (page) => page.keyboard.press('n') },
  {
    name: 'new-chat-unknown',
    act: async (page) => {
      await page.keyboard.press('n');
      await page.getByLabel('User ID of the person').fill('bobby');
      await page.keyboard.press('Enter');
    },
  },
  { name: 'shortcuts', act: (page) => page.keyboard.press('?') },
  {
    name: 'log-out',
    hash: '#/settings',
    act: (page) => page.getByRole('button', { name: 'Log out' }).click(),
  },
  { name: 'settings', hash: '#/settings' },
  ...['profile', 'privacy', 'devices', 'password', 'appearance', 'notifications', 'shortcuts', 'about'].map(
    (section) => ({
      name: `settings-${section}`,
      hash: `#/settings/${section}`,
      sizes: section === 'devices' ? all : ['wide', 'phone'],
    }),
  ),
  ...[
    { state: 'offline', retryAt: 9e15 },
    { state: 'elsewhere' },
    { state: 'storage-full' },
    { state: 'logged-out', why: '' },
  ].map((link) => ({
    name: `link-${link.state}`,
    hash: '#/chat/jonas~mira',
    themes: ['light'],
    act: (page) =>
      page.evaluate(
        (told) => window.gallery.link(told.retryAt ? { ...told, retryAt: Date.now() + 12_000 } : told),
        link,
      ),
  })),
];
