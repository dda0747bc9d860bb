import { expect, test } from '@playwright/test';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';
import { Program } from './rest.ts';

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

test('everything can be done with the keyboard alone', async ({ browser }) => {
  const pal = await Program.registers(node, 'pal');
  const fay = await Person.at(browser, node.url, 'fay');
  const { keyboard } = fay.page;
  const focused = fay.page.locator(':focus');

  // to the registration, by Tab and Enter
  await expect(fay.page.getByRole('link', { name: 'Create an account' })).toBeVisible();
  await tabTo(fay, 'link', 'Create an account');
  await keyboard.press('Enter');
  await tabTo(fay, 'textbox', 'User ID');
  await keyboard.type('fay');
  await tabTo(fay, 'textbox', 'Password');
  await keyboard.type(fay.password);
  await keyboard.press('Enter');
  await expect(fay.page.getByRole('heading', { name: 'Chats' })).toBeVisible();

  // a new chat
  await fay.page.locator('body').focus();
  await keyboard.press('n');
  await expect(fay.page.getByRole('dialog', { name: 'New chat' })).toBeVisible();
  await keyboard.type('pal');
  await keyboard.press('Enter');
  await expect(fay.composer).toBeFocused();
  await keyboard.type('first line');
  await keyboard.press('Shift+Enter');
  await keyboard.type('second line');
  await keyboard.press('Enter');
  await fay.seesTick('second line', 'Sent');
  await pal.sends('fay', 'p1', 'an answer');
  await fay.sees('an answer');

  // among the messages, and a message's menu
  await keyboard.press('Shift+Tab');
  for (let n = 0; n < 6 && (await focused.evaluate((element) => element.tagName)) !== 'ARTICLE'; n += 1) {
    await keyboard.press('Shift+Tab');
  }
  await expect(focused).toHaveAccessibleName(/pal.*an answer/);
  await keyboard.press('ArrowUp');
  await expect(focused).toHaveAccessibleName(/first line/);
  await keyboard.press('Enter');
  await expect(fay.page.getByRole('menu')).toBeVisible();
  await keyboard.press('Escape');
  await expect(fay.page.getByRole('menu')).toBeHidden();
  await expect(focused).toHaveAccessibleName(/first line/);

  // help, closed by Escape, which gives the focus back
  await keyboard.press('?');
  await expect(fay.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await keyboard.press('Escape');
  await expect(fay.page.getByRole('dialog')).toBeHidden();

  // search, from anywhere
  await keyboard.press('Control+k');
  await expect(focused).toHaveAttribute('placeholder', 'Search chats and messages');
  await keyboard.type('answer');
  await expect(fay.page.getByText('an answer').first()).toBeVisible();
  fay.expectNoProblems();
  await fay.leaves();
});

/** Tab until something of that role and name has the focus: it must be reachable. */
async function tabTo(person: Person, role: 'link' | 'textbox' | 'button', name: string): Promise<void> {
  const wanted = person.page.getByRole(role, { name, exact: true });
  for (let n = 0; n < 25; n += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement).catch(() => false)) return;
    await person.page.keyboard.press('Tab');
  }
  throw new Error(`Tab never came to the ${role} “${name}”`);
}
