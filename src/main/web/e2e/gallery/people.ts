import type { ChatEncryption } from '../../model.ts';

export const people = [
  { user: 'mira', name: 'Mira Albrecht' },
  { user: 'jonas', name: 'Jonas Ek' },
  { user: 'noor', name: 'Noor Haddad' },
  { user: 'tomasz', name: 'Tomasz Wójcik' },
  { user: 'ines', name: 'Inês Carvalho' },
  { user: 'kenji', name: 'Kenji Mori' },
  { user: 'priya.r', name: 'Priya Raman' },
  { user: 'oma', name: 'Oma' },
  { user: 'hanna', name: 'Hanna Lindqvist' },
  { user: 'lena', name: 'Lena Brandt' },
  { user: 'zacharias', name: 'Zacharias Featherstonehaugh-Montgomery of the Very Long Name' },
];

export const LONG = { conversation: 'kenji~mira', peer: 'kenji', count: 1_000 };

export const WORDS = (
  'the harbour was quiet when we came back and nobody asked where the boat had gone so we sat on the wall eating plums ' +
  'until the light went out over the water and somebody began to sing a song that none of us had ever heard before'
).split(' ');

export interface FakeChat {
  readonly conversation: string;
  readonly peer: string;
  /** Minutes since the last message. */
  readonly ago: number;
  readonly unread: number;
  readonly delivered: number;
  readonly read: number;
  /** `>` is oneself, `<` the other one; `+` in the same minute as the one before. What else may stand there: gallery.ts. */
  readonly lines: readonly string[];
}

export const CHATS: readonly FakeChat[] = [
  {
    conversation: 'jonas~mira',
    peer: 'jonas',
    ago: 3,
    unread: 0,
    delivered: 17,
    read: 16,
    lines: [
      '>|!',
      '<|Morning! Did you see the plan for Saturday?',
      '+<|https://example.org/harbour/map?day=sat',
      '>|Just now. Looks good to me',
      '+>|Who brings the coffee?',
      '<|I do. You bring the dog 🐕',
      '>|😂',
      '<|Also: the ferry leaves at 9:40, not at ten. I asked at the desk, and they said that from November on the winter timetable applies, also on days that feel like summer.',
      '+<|So better be early',
      '>|Fine by me. I will be at the pier at half past nine,\nwith the dog\nand with something to eat.',
      '<|?',
      '<|Perfect',
      '+<|❤️',
      '<|https://example.org/a/very/long/address/that/never/ends/and/has/no/place/to/break/0123456789abcdefghijklmnopqrstuvwxyz0123456789',
      '>|By the way, the address of the place is Kastanienallee 12, second courtyard',
      '+>|Mail them at hello@example.org if you are late',
      '>|See you there',
    ],
  },
  {
    conversation: 'mira~noor',
    peer: 'noor',
    ago: 42,
    unread: 4,
    delivered: 3,
    read: 3,
    lines: [
      '<|How did the interview go?',
      '>|Better than I thought! They asked about the simulator for half an hour',
      '>|I will hear from them next week',
      '<|That sounds wonderful',
      '+<|I knew it',
      '<|Shall we celebrate on Friday? There is this new place near the canal with the blue door',
      '<|Or take the train and see Ines',
    ],
  },
  {
    conversation: 'mira~mira',
    peer: 'mira',
    ago: 200,
    unread: 0,
    delivered: 0,
    read: 0,
    lines: ['>|!', '>|Milk, bread, plums', '>|Return the library books', '+>|Ask Tomasz about the bike'],
  },
  {
    conversation: 'mira~tomasz',
    peer: 'tomasz',
    ago: 60 * 26,
    unread: 0,
    delivered: 2,
    read: 0,
    lines: ['<|The bike is ready, new chain and all', '>|You are the best. I come by tomorrow'],
  },
  {
    conversation: 'ines~mira',
    peer: 'ines',
    ago: 60 * 24 * 3,
    unread: 0,
    delivered: 0,
    read: 0,
    lines: [
      '<|Send me a picture when you are there',
      '>|I will! The plums are from your garden',
      '>|!',
      '<|Did they survive the train?',
      '>|Most of them 😄',
      '+>|The last ones are for you',
    ],
  },
  {
    conversation: 'kenji~mira',
    peer: 'kenji',
    ago: 60 * 24 * 5,
    unread: 0,
    delivered: 0,
    read: 0,
    lines: [],
  },
  {
    conversation: 'mira~zacharias',
    peer: 'zacharias',
    ago: 60 * 24 * 40,
    unread: 128,
    delivered: 0,
    read: 0,
    lines: Array.from(
      { length: 130 },
      (_, at) => `<|Chapter ${at + 1} of the long story, which nobody has read so far`,
    ),
  },
  {
    conversation: 'mira~priya.r',
    peer: 'priya.r',
    ago: 60 * 24 * 400,
    unread: 0,
    delivered: 9,
    read: 9,
    lines: ['<|Happy new year!', '>|And to you'],
  },
  { conversation: 'mira~oma', peer: 'oma', ago: 60 * 24 * 2, unread: 0, delivered: 2, read: 2, lines: ['<|👍', '<|!'] },
  {
    conversation: 'lena~mira',
    peer: 'lena',
    ago: 60 * 24 * 5,
    unread: 0,
    delivered: 8,
    read: 7,
    lines: [
      '<|#image 1200x800 The harbour, when we came back',
      '>|#image 600x1200',
      '<|#video 1280x720 93 The whole way in',
      '<|#voice 47',
      '>|#voice 8',
      '<|#file list-of-everything-that-has-to-go-into-the-boat-before-saturday.pdf 2400000',
      '<|#gone 800x600 From last year',
      '>|Thank you!',
    ],
  },
  {
    conversation: 'hanna~mira',
    peer: 'hanna',
    ago: 60 * 24 * 6,
    unread: 0,
    delivered: 3,
    read: 3,
    lines: [
      '>|!',
      '<|!before-joining',
      '>|!own',
      '<|!wrong-sender',
      '<|The doctor can see you on Tuesday',
      '>|At nine?',
      '<|!lost',
    ],
  },
];

/** The chats that are encrypted, by their id. */
export const ENCRYPTED: Readonly<Record<string, ChatEncryption>> = {
  'jonas~mira': { since: 1 },
  'mira~mira': { since: 1 },
  'ines~mira': { since: 3 },
  'mira~oma': { since: 2 },
  'hanna~mira': { since: 1, changes: [{ user: 'hanna', after: 5, at: Date.now() - 60_000 * 60 * 24 * 6 }] },
};
