import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { ParleyCluster } from './cluster.ts';
import { launch } from './node.ts';
import { Person } from './person.ts';
import { filesWith, heapHas, nodesBelow } from './searching.ts';

test('three nodes on Cassandra, one killed in the middle: two people and a second device talk on, a file on its way arrives, and no node has what they wrote', async ({
  browser,
}) => {
  test.skip(launch().isWithoutCassandra, 'left out with -Dcassandra.skip: three nodes need a Cassandra');
  test.setTimeout(480_000);
  const cluster = await ParleyCluster.start(3);
  try {
    const [first, second, third] = cluster.members;
    if (first === undefined || second === undefined || third === undefined) throw new Error('not three nodes');
    const uma = await Person.at(browser, third.url, 'uma');
    const vic = await Person.at(browser, first.url, 'vic');
    await uma.registersWithKeys('Uma');
    await vic.registersWithKeys('Vic');
    await uma.startsChatWith('vic');
    await uma.sends('the canary sings at noon');
    await vic.opens('Uma');
    await vic.sees('the canary sings at noon');

    const other = await Person.at(browser, second.url, 'vic');
    await other.logsIn();
    await vic.page.getByRole('button', { name: 'Review' }).click();
    await vic.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect(other.page.getByText('This device can read encrypted messages now')).toBeVisible();
    await other.opens('Uma');
    await other.sends('the canary moves in');
    await vic.sees('the canary moves in'); // who writes is in; what is said in the moment before it cannot read
    await vic.sends('the canary has two nests');
    for (const person of [uma, other]) await person.sees('the canary has two nests');

    const film = test.info().outputPath('canary.film');
    const content = Buffer.concat([Buffer.from('the canary on film '), randomBytes(30_000_000)]);
    await writeFile(film, content);
    const uploading = uma.context.waitForEvent('request', (request) => request.method() === 'PATCH');
    await uma.chooses(film);
    await uma.sendsChosen();
    await uploading;
    await cluster.kill(3);
    await uma.sends('the canary moved while its node was killed');
    for (const person of [vic, other]) {
      await expect(person.message('the canary moved while its node was killed')).toBeVisible({ timeout: 90_000 });
    }
    await other.sends('the canary is well');
    for (const person of [uma, vic]) {
      await expect(person.message('the canary is well')).toBeVisible({ timeout: 60_000 });
    }
    for (const person of [vic, other]) {
      const save = person.page.getByRole('button', { name: 'Save canary.film' });
      await expect(save).toBeVisible({ timeout: 120_000 });
      const download = person.page.waitForEvent('download');
      await save.click();
      const saved = await readFile(await (await download).path());
      expect(saved.equals(content)).toBe(true);
    }
    expect(await uma.texts()).toEqual(await vic.texts());

    expect(filesWith('canary', cluster.directory)).toEqual([]);
    expect(filesWith('uma~vic', cluster.directory)).not.toEqual([]); // the search finds what is there
    const nodes = nodesBelow(cluster.pid);
    expect(nodes).toHaveLength(2);
    for (const node of nodes) expect(heapHas(node, 'uma~vic', 'canary')).toEqual([true, false]);
    for (const person of [uma, vic, other]) await person.leaves();
  } finally {
    await cluster.stop();
  }
});
