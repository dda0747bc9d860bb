import { type Browser, expect } from '@playwright/test';
import { Person } from './person.ts';

/** Another browser of the same person, which waits for approval. */
export async function secondDevice(browser: Browser, url: string, user: string): Promise<Person> {
  const device = await Person.at(browser, url, user);
  await device.logsIn();
  await expect(device.page.getByText('This device cannot read encrypted messages yet')).toBeVisible();
  return device;
}

export async function approves(one: Person, other: Person): Promise<void> {
  await one.page.getByRole('button', { name: 'Review' }).click();
  const dialog = one.page.getByRole('dialog');
  const code = /\d{5} \d{5} \d{5} \d{5}/;
  const shown = code.exec((await dialog.textContent()) ?? '')?.[0];
  const waits = code.exec((await other.page.locator('.keys-card').textContent()) ?? '')?.[0];
  expect(shown).toBeDefined();
  expect(shown).toBe(waits);
  await dialog.getByRole('button', { name: 'Approve' }).click();
  await expect(other.page.getByText('This device can read encrypted messages now')).toBeVisible();
}
