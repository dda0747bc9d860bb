import { type Browser, expect } from '@playwright/test';
import { Person } from './person.ts';

/** Two people, whose browsers others can encrypt for. */
export async function twoWithKeys(
  browser: Browser,
  url: string,
  one: string,
  other: string,
): Promise<readonly [Person, Person]> {
  const people = [
    await Person.at(browser, url, one.toLowerCase()),
    await Person.at(browser, url, other.toLowerCase()),
  ] as const;
  await people[0].registersWithKeys(one);
  await people[1].registersWithKeys(other);
  return people;
}

/** Each says something, and the other sees it. */
export async function talk(one: Person, other: Person, word: string): Promise<void> {
  await one.sends(`${word} from one`);
  await other.sees(`${word} from one`);
  await other.sends(`${word} from the other`);
  await one.sees(`${word} from the other`);
}

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
