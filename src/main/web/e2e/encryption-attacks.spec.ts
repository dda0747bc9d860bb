import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type Browser, expect, type Locator, type Request, type Response, type Route, test } from '@playwright/test';
import { approves, secondDevice, talk } from './devices.ts';
import { Liar, type Lie } from './liar.ts';
import { ParleyNode } from './node.ts';
import { Person } from './person.ts';

// A server that lies (docs/security.md, "who runs the server"): what each lie ends in, and that people can write to each other afterwards.

type Frame = Record<string, unknown>;

interface Entry extends Frame {
  readonly seq: number;
  readonly id: string;
  readonly from: string;
  readonly device: string;
  readonly body: { readonly type: string; readonly message: string };
}

interface Directory extends Record<string, unknown> {
  readonly uid: string;
  readonly version: number;
  readonly identity: string;
  readonly devices: readonly Record<string, unknown>[];
}

const NOT_THEIRS = 'The server gave keys that are not those of the person you write to. Nothing was sent.';
const HONEST: Lie = (frame) => [frame];

let node: ParleyNode;
test.beforeAll(async () => {
  node = await ParleyNode.start();
});
test.afterAll(async () => {
  await node?.stop();
});

/** Somebody whose server lies to them, and to nobody else; and what they said to it. */
class Victim {
  readonly sent: Frame[] = [];
  token = '';

  constructor(
    readonly person: Person,
    readonly liar: Liar,
  ) {
    person.page.on('websocket', (socket) => {
      socket.on('framesent', ({ payload }) => this.sent.push(JSON.parse(String(payload)) as Frame));
    });
    person.context.on('request', (request) => {
      this.token = request.headers()['authorization'] ?? this.token;
    });
  }

  static async at(browser: Browser, user: string): Promise<Victim> {
    const liar = await Liar.before(node);
    return new Victim(await Person.at(browser, liar.url, user), liar);
  }

  /** What of this went out as it was written. */
  said(text: string): readonly Frame[] {
    return this.sent.filter((frame) => JSON.stringify(frame).includes(text));
  }

  async asks(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(node.url + path, {
      headers: { Authorization: this.token, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  }

  /** The device has a place of its own making: it came in by a commit. */
  async comesIn(): Promise<void> {
    await this.person.context.waitForEvent('response', isCommitted);
  }

  async leaves(): Promise<void> {
    await this.person.leaves();
    await this.liar.stop();
  }
}

const isCommitted = (response: Response): boolean => response.url().endsWith('/commits') && response.ok();

let pairs = 0;

async function twoPeople(browser: Browser): Promise<readonly [Victim, Victim]> {
  pairs += 1;
  const names = [`Ann${pairs}`, `Ben${pairs}`];
  const both = names.map(async (name) => {
    const victim = await Victim.at(browser, name.toLowerCase());
    await victim.person.registersWithKeys(name);
    return victim;
  });
  const [ann, ben] = await Promise.all(both);
  if (ann === undefined || ben === undefined) throw new Error('two people');
  await ann.person.startsChatWith(ben.person.user);
  await ben.person.startsChatWith(ann.person.user);
  return [ann, ben];
}

async function bothTalk(one: Victim, other: Victim, word: string): Promise<void> {
  await talk(one.person, other.person, word);
  for (const victim of [one, other]) expect(victim.said(`${word} from`)).toEqual([]);
}

async function leave(...victims: readonly { leaves(): Promise<void> }[]): Promise<void> {
  for (const victim of victims) await victim.leaves();
}

function conversationOf(...[one, other]: readonly [Victim, Victim]): string {
  return [one.person.user, other.person.user].sort().join('~');
}

async function devicesIn(conversation: string, asking: Victim): Promise<string[]> {
  const { members } = await asking.asks(`/v1/conversations/${conversation}/group`);
  return (members as { device: string }[]).map(({ device }) => device).sort();
}

async function devicesOf(...victims: readonly Victim[]): Promise<string[]> {
  const all = await Promise.all(victims.map((victim) => victim.asks('/v1/keys/device')));
  return all.map(({ device }) => String(device)).sort();
}

// --- lies

function isEntry(frame: Frame, type: 'mls' | 'commit'): frame is Entry {
  return frame['type'] === 'message' && (frame as Entry).body.type === type;
}

/** Lies once, about the next entry of this type. */
function about(type: 'mls' | 'commit', lie: (entry: Entry) => readonly Frame[]): Lie {
  let isTold = false;
  return (frame) => {
    if (isTold || !isEntry(frame, type)) return [frame];
    isTold = true;
    return lie(frame);
  };
}

function withMessage(entry: Entry, message: string): Frame {
  return { ...entry, body: { ...entry.body, message } };
}

/** The same, but as if it were encrypted in the epoch after (RFC 9420, section 6: a header, the group's id, the epoch). */
function ofNextEpoch(message: string): string {
  const bytes = Buffer.from(message, 'base64url');
  const first = bytes.readUInt8(4);
  const end = first < 0x40 ? 5 + first : 6 + (bytes.readUInt16BE(4) & 0x3fff);
  bytes.writeBigUInt64BE(bytes.readBigUInt64BE(end) + 1n, end);
  return bytes.toString('base64url');
}

/** A device is made to come in anew, so that there is a commit for the others. */
async function makesComeInAnew(victim: Victim, other: Victim): Promise<void> {
  victim.liar.lie = about('mls', (entry) => [withMessage(entry, ofNextEpoch(entry.body.message))]);
  const before = await unreadable(victim, other).count();
  const comesIn = victim.comesIn();
  await other.person.sends(`of an epoch that is not there yet, ${before}`);
  await comesIn;
  await expect(unreadable(victim, other)).toHaveCount(before + 1);
  victim.liar.lie = HONEST;
}

function unreadable(victim: Victim, from: Victim): Locator {
  const name = from.person.user.replace(/^./, (first) => first.toUpperCase());
  return victim.person.message(`This message could not be decrypted. Ask ${name} to send it again.`);
}

async function liesInAnswers(victim: Victim, url: string, lie: (answer: Directory) => unknown): Promise<void> {
  await victim.person.context.route(url, async (route) => {
    const answer = await route.fetch();
    if (!answer.ok()) return route.fulfill({ response: answer });
    return route.fulfill({ response: answer, json: lie((await answer.json()) as Directory) });
  });
}

/** From now on calls are answered as the node answers; what is being lied about is finished first. */
async function honest(person: Person): Promise<void> {
  await person.context.unrouteAll({ behavior: 'wait' });
}

const keysOf = (victim: Victim): string => `**/v1/users/${victim.person.user}/keys`;

/** Has somebody looked up again. */
function saysNewKeys(victim: Victim, of: Victim): void {
  victim.liar.say({ type: 'keys', user: of.person.user, version: 1_000 });
}

function newIdentity(): { key: string; signs: (uid: string, device: unknown, signatureKey: unknown) => string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    key: rawOf(publicKey),
    signs: (uid, device, signatureKey) => {
      const words = Buffer.from(`parley device v1\0${uid}\0${device}\0`);
      const signed = Buffer.concat([words, Buffer.from(String(signatureKey), 'base64url')]);
      return sign(null, signed, privateKey).toString('base64url');
    },
  };
}

function rawOf(key: KeyObject): string {
  return String(key.export({ format: 'jwk' })['x']);
}

// --- who is let in

test('devices that nobody or another key has signed are not added, and writing works', async ({ browser }) => {
  const [ann, ben] = await twoPeople(browser);
  const stranger = newIdentity();
  let told = 0;
  const withGhosts = (answer: Directory): unknown => {
    told += 1;
    const ghosts = ['00000000000000aa', '00000000000000bb'].map((device) => {
      const { key } = newIdentity();
      const signature = device.endsWith('a') ? undefined : stranger.signs(answer.uid, device, key);
      return { ...answer.devices[0], device, signatureKey: key, signature };
    });
    return { ...answer, devices: [...answer.devices, ...ghosts] };
  };
  await liesInAnswers(ann, keysOf(ben), withGhosts);
  await liesInAnswers(ann, '**/v1/keys/claims', withGhosts);
  await bothTalk(ann, ben, 'with ghosts');
  expect(told).toBeGreaterThan(1);
  expect(await devicesIn(conversationOf(ann, ben), ann)).toEqual(await devicesOf(ann, ben));
  await leave(ann, ben);
});

test('a key package of somebody else is refused with the reason, and the message goes when the server is honest', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  const mallory = await Victim.at(browser, `mallory${pairs}`);
  await mallory.person.registersWithKeys();
  const given = (await ann.asks('/v1/keys/claims', {
    id: crypto.randomUUID(),
    user: mallory.person.user,
  })) as Directory;
  const [theirs] = given.devices;
  expect(theirs?.['keyPackage']).toBeDefined();
  await liesInAnswers(ann, '**/v1/keys/claims', (answer) => ({
    ...answer,
    devices: answer.devices.map((device) => ({ ...device, keyPackage: theirs?.['keyPackage'] })),
  }));
  await ann.person.sends('for ben alone');
  await expect(ann.person.page.getByText(NOT_THEIRS)).toBeVisible();
  expect(ann.sent.filter(({ type }) => type === 'send')).toEqual([]);
  await honest(ann.person);
  await ann.person.page.getByRole('button', { name: 'Try again' }).click();
  await ben.person.sees('for ben alone');
  expect(ann.said('for ben alone')).toEqual([]);
  expect(await devicesIn(conversationOf(ann, ben), ann)).toEqual(await devicesOf(ann, ben));
  await bothTalk(ann, ben, 'afterwards');
  await leave(ann, ben, mallory);
});

test('another identity key is shown, also one of one’s own, and stops who has compared; keys of before are not believed', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  const { page } = ann.person;
  await bothTalk(ann, ben, 'at first');
  const name = `Ben${pairs}`;
  const identity = newIdentity();
  const { uid } = await ann.asks(`/v1/users/${ann.person.user}/keys`);
  const another = (answer: Directory): unknown => ({
    ...answer,
    identity: identity.key,
    devices: answer.devices.map((device) => ({
      ...device,
      signature: identity.signs(answer.uid, device['device'], device['signatureKey']),
    })),
  });

  await liesInAnswers(ann, keysOf(ben), another);
  saysNewKeys(ann, ben);
  await expect(page.getByRole('button', { name: `${name}’s safety number has changed.` })).toBeVisible();
  await bothTalk(ann, ben, 'shown');

  await page.getByRole('button', { name: 'End-to-end encrypted', exact: true }).click();
  await page.getByRole('button', { name: 'They match: mark as verified' }).click();
  await page.keyboard.press('Escape');
  await honest(ann.person);
  saysNewKeys(ann, ben);
  await expect(page.getByText(`${name}’s safety number has changed since you compared it.`)).toBeVisible();
  await ann.person.composer.fill('not to these keys');
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Send anyway' }).click();
  await ann.person.composer.fill('');
  await bothTalk(ann, ben, 'looked at');

  await liesInAnswers(ann, keysOf(ann), another);
  await liesInAnswers(ann, '**/v1/keys/device', (answer) => ({
    ...answer,
    signature: identity.signs(String(uid), answer['device'], answer['signatureKey']),
  }));
  saysNewKeys(ann, ann);
  const replaced = page.getByText('The keys of this browser are not those of your account any more');
  await expect(replaced).toBeVisible();
  await honest(ann.person);
  saysNewKeys(ann, ann);
  await expect(replaced).toBeHidden();

  await liesInAnswers(ann, keysOf(ben), (answer) => ({ ...answer, version: answer.version - 1 }));
  const asked = page
    .context()
    .waitForEvent('response', (response) => response.url().endsWith(`${ben.person.user}/keys`));
  saysNewKeys(ann, ben);
  await asked;
  await ann.person.sends('not by an older list');
  await expect(page.getByText(NOT_THEIRS)).toBeVisible();
  await honest(ann.person);
  await page.getByRole('button', { name: 'Try again' }).click();
  await ben.person.sees('not by an older list');
  await bothTalk(ann, ben, 'at last');
  await leave(ann, ben);
});

// --- the order of the log

test('who is not told that a conversation has become encrypted comes in by himself, and reads what follows', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  ben.liar.lie = about('commit', () => []);
  const comesIn = ben.comesIn();
  await ann.person.sends('before he was in');
  await comesIn;
  await bothTalk(ben, ann, 'afterwards'); // he first: who reads him has his commit, and writes what he can read
  await leave(ann, ben);
});

test('who is told late that a conversation has become encrypted waits for it with what he writes, and reads all of it', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  const held: Frame[] = [];
  ben.liar.lie = (frame) => {
    if (frame['type'] !== 'message') return [frame];
    held.push(frame);
    return [];
  };
  await ann.person.sends('written before he had heard');
  await ann.person.seesTick('written before he had heard', 'Sent');
  let asked = Number.POSITIVE_INFINITY;
  ben.person.context.on('request', (request) => {
    if (request.url().endsWith('/group')) asked = Math.min(asked, Date.now());
  });
  await ben.person.sends('written before he had read');
  // For longer than a device waits that has read all there is.
  await expect.poll(() => Date.now() - asked, { intervals: [500] }).toBeGreaterThan(6_000);
  ben.liar.lie = HONEST;
  for (const frame of held) ben.liar.say(frame);
  await expect(ben.person.message('written before he had heard')).toBeVisible();
  await ann.person.sees('written before he had read');
  await expect(unreadable(ben, ann)).toHaveCount(0);
  await bothTalk(ben, ann, 'afterwards');
  await leave(ann, ben);
});

test('commits that are withheld, come late or are broken inside: the device comes in anew and reads what follows', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  await bothTalk(ann, ben, 'before');
  const lies = {
    withheld: about('commit', () => []),
    late: reordered(),
    broken: about('commit', (entry) => {
      const bytes = Buffer.from(entry.body.message, 'base64url');
      const at = Math.floor(bytes.length / 2);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
      return [withMessage(entry, bytes.toString('base64url'))];
    }),
  };
  for (const [what, lie] of Object.entries(lies)) {
    const before = await unreadable(ann, ben).count();
    ann.liar.lie = lie;
    const comesIn = ann.comesIn();
    await makesComeInAnew(ben, ann);
    await ben.person.sends(`in the epoch of what is ${what}`);
    await comesIn;
    const read = ann.person.message(`in the epoch of what is ${what}`);
    await expect.poll(async () => (await unreadable(ann, ben).count()) + (await read.count())).toBe(before + 1);
    await bothTalk(ann, ben, `after what is ${what}`);
  }
  for (const person of [ann.person, ben.person]) {
    const texts = (await person.texts()).filter((text) => text.includes(' from '));
    expect(new Set(texts).size).toBe(texts.length); // nothing twice
  }
  await leave(ann, ben);
});

test('who is told that he is not in the group comes in anew, and says what he has missed', async ({ browser }) => {
  const [ann, ben] = await twoPeople(browser);
  await bothTalk(ann, ben, 'before');
  ben.liar.lie = about('mls', (entry) => [{ ...entry, body: { type: 'mls' } }]);
  const comesIn = ben.comesIn();
  await ann.person.sends('kept from him');
  await comesIn;
  await expect(unreadable(ben, ann)).toHaveCount(1);
  await bothTalk(ben, ann, 'afterwards');
  await leave(ann, ben);
});

/** The next commit stands behind the message after it. */
function reordered(): Lie {
  let held: Frame | undefined;
  let isTold = false;
  return (frame) => {
    if (isTold) return [frame];
    if (isEntry(frame, 'commit')) {
      held = frame;
      return [];
    }
    if (held === undefined || !isEntry(frame, 'mls')) return [frame];
    isTold = true;
    return [frame, held];
  };
}

// --- entries that are not what they seem

test('what is sent twice, was written elsewhere, by somebody else or by nobody is not shown as a message', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  await ann.person.page.getByRole('button', { name: 'New chat' }).first().click();
  await ann.person.page.getByRole('button', { name: /Notes to yourself/ }).click();
  await ann.person.sends('of another conversation');
  await ann.person.seesTick('of another conversation', 'Sent');
  await ann.person.opens(`Ben${pairs}`);
  await bothTalk(ann, ben, 'before');
  await ann.person.sends('said once');
  await ben.person.sees('said once');
  const ciphertexts = ann.sent.flatMap((frame) => (frame['type'] === 'send' ? [(frame as Entry).body.message] : []));
  const [elsewhere, once] = [ciphertexts.at(0) ?? '', ciphertexts.at(-1) ?? ''];
  const name = `Ann${pairs}`;

  let times = 0;
  for (const message of [once, elsewhere]) {
    ben.liar.lie = about('mls', (entry) => [withMessage(entry, message)]);
    times += 1;
    await ann.person.sends(`replaced ${times}`);
    await expect(unreadable(ben, ann)).toHaveCount(times);
  }
  await expect(ben.person.message('said once')).toHaveCount(1);
  await expect(ben.person.message('of another conversation')).toHaveCount(0);
  ben.liar.lie = about('mls', (entry) => [{ ...entry, device: '00000000000000aa' }]);
  await ann.person.sends('under another device');
  const notFrom = ben.person.message(`This message is not from ${name}, though the server says so. It is not shown.`);
  await expect(notFrom).toHaveCount(1);
  ben.liar.lie = about('mls', (entry) => [{ ...entry, from: ben.person.user }]);
  await ann.person.sends('under another name');
  await ben.person.sees('This message is not from you, though the server says so. It is not shown.');
  ben.liar.lie = about('mls', (entry) => [{ ...entry, body: { type: 'text', text: 'pay to this account' } }]);
  await ann.person.sends('put in the clear');
  await expect(notFrom).toHaveCount(2);
  for (const text of ['under another', 'pay to']) await expect(ben.person.message(text)).toHaveCount(0);
  ben.liar.lie = HONEST;
  await bothTalk(ann, ben, 'afterwards');
  await leave(ann, ben);
});

// --- coming in

test('a second device that is given the group of before comes in when the server gives the group of now', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  const blobs = new Map<string, Buffer>();
  ann.person.context.on('request', (request: Request) => {
    const bytes = request.postDataBuffer();
    if (request.method() === 'PUT' && request.url().includes('/blobs/') && bytes !== null)
      blobs.set(new URL(request.url()).pathname, bytes);
  });
  await bothTalk(ann, ben, 'at first');
  const old = await ann.asks(`/v1/conversations/${conversationOf(ann, ben)}/group`);
  await makesComeInAnew(ben, ann);
  await bothTalk(ben, ann, 'then');

  const second = await secondDevice(browser, node.url, ben.person.user);
  const isOld = (url: URL): boolean => url.pathname.endsWith('/group') || blobs.has(url.pathname);
  let asked = 0;
  const serveOld = async (route: Route): Promise<void> => {
    const { pathname } = new URL(route.request().url());
    const bytes = blobs.get(pathname);
    if (bytes === undefined) {
      asked += 1;
      await route.fulfill({ json: old });
    } else await route.fulfill({ body: bytes, contentType: 'application/octet-stream' });
  };
  await second.context.route(isOld, serveOld);
  await approves(ben.person, second);
  await expect.poll(() => asked).toBeGreaterThan(1); // it tries, and finds that this is not how it stands
  expect(await devicesIn(conversationOf(ann, ben), ann)).toHaveLength(2);
  await honest(second);
  const comesIn = second.context.waitForEvent('response', isCommitted);
  await second.opens(`Ann${pairs}`);
  await second.sends('from the second device');
  await comesIn;
  await ann.person.sees('from the second device');
  await ann.person.sends('to both devices');
  for (const person of [ben.person, second]) await person.sees('to both devices');
  await bothTalk(ann, ben, 'afterwards');
  await leave(ann, ben, second);
});

// --- back to plain text

test('a conversation that was encrypted never goes on in the clear, whatever the server says of it', async ({
  browser,
}) => {
  const [ann, ben] = await twoPeople(browser);
  await bothTalk(ann, ben, 'encrypted');
  expect(ann.sent.filter(({ type }) => type === 'send').length).toBeGreaterThan(0); // what is sent is seen here
  const isGroup = '**/group';
  let asked = 0;
  const noGroup = async (route: Route): Promise<void> => {
    asked += 1;
    await route.fulfill({ status: 404, json: { code: 'not-found', message: 'not encrypted' } });
  };
  const noKeys = (answer: Directory): unknown => ({ ...answer, devices: [], devicesWithoutKeys: 1 });
  await ann.person.context.route(isGroup, noGroup);
  await liesInAnswers(ann, '**/v1/users/*/keys', noKeys);
  saysNewKeys(ann, ben);
  await ann.person.sends('as if nobody had keys');
  await ben.person.sees('as if nobody had keys');

  const second = new Victim(await secondDevice(browser, ben.liar.url, ben.person.user), ben.liar);
  await second.person.context.route(isGroup, noGroup);
  await liesInAnswers(second, keysOf(ann), noKeys);
  await second.person.page.reload();
  await approves(ben.person, second.person);
  await second.person.opens(`Ann${pairs}`);
  const before = asked;
  await second.person.sends('from a device that has never been in it');
  await expect.poll(() => asked).toBeGreaterThan(before + 1); // it asks, and does not believe it

  ann.liar.lie = (frame) => {
    const { encryption: _, ...older } = frame;
    return [frame['type'] === 'welcome' ? older : frame];
  };
  await ann.person.page.reload();
  await ann.person.sends('to a server of before encryption');
  await ben.person.sends('read there all the same');
  await ann.person.sees('read there all the same'); // so the connection stands
  await ann.person.seesTick('to a server of before encryption', 'Waiting to be sent');

  ann.liar.lie = HONEST;
  for (const { person } of [ann, second]) await honest(person);
  await ann.person.page.reload();
  for (const text of ['to a server of before encryption', 'from a device that has never been in it'])
    await ben.person.sees(text);
  for (const victim of [ann, second]) {
    expect(victim.sent.filter(({ type }) => type === 'send').length).toBeGreaterThan(0);
    for (const text of ['as if nobody', 'to a server of before', 'from a device'])
      expect(victim.said(text)).toEqual([]);
  }
  await bothTalk(ann, ben, 'afterwards');
  await leave(ann, ben, second);
});
