import { peerOf, type Undecryptable } from './model.ts';
import type { Tick } from './rows.ts';
import { clockTime, dateAndTime, dayAndTime, dayName, fullTime, isToday, listTime, minuteAfter } from './times.ts';

// All that the page says. Sentences with a number or a name in them are functions, so that another language can order and count
// in its own way.

const plurals = new Intl.PluralRules('en');
const number = new Intl.NumberFormat();

function count(n: number, one: string, other: string): string {
  return `${number.format(n)} ${plurals.select(n) === 'one' ? one : other}`;
}

export const text = {
  product: 'Parley',
  motto: 'Messages on a server of your own.',
  starting: 'Opening your chats…',
  broken: 'Parley cannot open its storage in this browser',
  insecure:
    'Parley works only over https (or on this machine itself): the browser protects storage and connection there.',
  reload: 'Reload',
  close: 'Close',
  cancel: 'Cancel',
  back: 'Back',
  save: 'Save',
  saved: 'Saved.',
  loading: 'Loading…',
  tryAgain: 'Try again',
  delete: 'Delete',

  // logging in
  login: 'Log in',
  loggingIn: 'Logging in…',
  register: 'Create an account',
  registering: 'Creating your account…',
  loginTitle: 'Welcome back',
  registerTitle: 'Create your account',
  noAccount: 'New here?',
  haveAccount: 'You have an account?',
  user: 'User ID',
  userHint: 'What others write to: 2 to 32 of a–z, 0–9, dot, dash and underscore, beginning with a letter or digit.',
  userWrong: 'A user ID has 2 to 32 of a–z, 0–9, dot, dash and underscore, and begins with a letter or digit.',
  userMissing: 'Enter your user ID.',
  name: 'Your name',
  nameHint: 'What others see. You can change it later.',
  nameLong: 'A name has at most 64 characters.',
  password: 'Password',
  passwordHint: 'At least 10 characters. A short sentence is easy to keep in mind.',
  passwordShort: 'A password has at least 10 characters.',
  passwordLong: 'A password has at most 256 characters.',
  passwordMissing: 'Enter your password.',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  tooManyTitle: 'Too many devices',
  tooMany:
    'You are logged in on as many devices as one account can have. Choose which one this browser replaces; it will be logged out.',
  replace: 'Replace and log in',
  wrongLogin: 'User ID or password is wrong.',
  taken: 'This user ID is taken. Try another one.',
  registrationClosed: 'This server does not take new accounts.',
  network: 'The server cannot be reached. Check your connection and try again.',
  unavailable: 'The server cannot do this right now. Nothing was changed; try again in a moment.',
  notAllowed: 'The server does not allow this.',

  // the list
  chats: 'Chats',
  newChat: 'New chat',
  settings: 'Settings',
  search: 'Search chats and messages',
  clearSearch: 'Clear the search',
  searchResults: 'Search results',
  resultsChats: 'Chats',
  resultsMessages: 'Messages',
  searching: 'Searching your messages…',
  nothingFound: 'Nothing found',
  nothingFoundHint: 'Messages that are not on this device yet are not searched.',
  noChats: 'No chats yet',
  noChatsHint: 'Write to somebody by their user ID, or keep notes to yourself.',
  draft: 'Draft:',
  you: 'You:',
  noMessages: 'No messages yet',
  notes: 'Notes to yourself',
  group: 'Group',

  // new chat
  newChatTitle: 'New chat',
  newChatUser: 'User ID of the person',
  newChatStart: 'Start chat',
  newChatNotes: 'Notes to yourself',
  newChatNotesHint: 'Only you see them, on all your devices.',
  looking: 'Looking…',

  // the chat
  chooseChat: 'Pick up a conversation',
  chooseChatHint: 'Choose a chat on the left, or start a new one.',
  messages: 'Messages',
  online: 'online',
  typing: 'typing…',
  onlyYou: 'Only you see this',
  emptyChat: 'Nothing here yet',
  emptyNotes: 'A place for your own notes',
  emptyNotesHint: 'Links, lists, thoughts: on all your devices, for you alone.',
  unreadHere: 'Unread messages',
  unsupported: 'Not supported here',
  unsupportedHint: 'This message needs a newer version of Parley.',
  loadingOlder: 'Loading older messages…',
  olderFailed: 'Older messages could not be loaded.',
  beginning: 'The beginning of this chat',
  toEnd: 'To the newest message',
  messageMenu: 'Message options',
  copy: 'Copy text',
  copied: 'Copied.',
  copyFailed: 'The browser did not allow copying.',
  info: 'Message info',
  openLink: (host: string) => `Opens ${host}`,
  infoSent: 'Sent',
  infoDelivered: 'Delivered',
  infoRead: 'Read',
  infoYes: 'Yes',
  infoNotYet: 'Not yet',
  infoFrom: 'From',
  refusedUnknown: 'There is no such user.',
  refusedForbidden: 'You may not write here.',
  refusedTooLarge: 'This message is too large.',

  // encryption
  encrypted: 'End-to-end encrypted',
  encryptedVerified: 'End-to-end encrypted and verified',
  encryptionTrouble: 'Encryption needs your attention',
  ownNumberChanged: 'Your own keys are others now, and with them the safety number.',
  notEncrypted: 'Not encrypted',
  encryptedFromHere: 'Messages from here on are end-to-end encrypted. Nobody else can read them.',
  encryptedFromNow: 'Encrypted from now on',
  unreadable: 'Cannot be read here',
  nothingToCopy: 'There is no text to copy.',
  plainWho: 'Messages in this chat are not end-to-end encrypted: whoever runs the server can read them.',
  plainTakes: 'What it takes',
  plainTakesThen: 'As soon as that is so, Parley encrypts by itself.',
  plainBefore: 'What was written before encryption began can be read on the server.',
  keysOff: 'This server has encryption turned off.',
  keysPreparing: 'The keys of this device are still being prepared. Look again in a moment.',
  keysWaiting: 'There is no number to compare yet: this device has to be approved first.',
  keysLost:
    'The keys of this browser are not those of your account any more: they were lost here, or replaced on another device. Log out and in again to continue as a new device. If you have replaced nothing, change your password.',
  safetyNumber: 'Safety number',
  safetyNumberReadout: 'Safety number, twelve groups of five digits',
  safetyVerified: 'You have compared this number.',
  safetyMatches: 'They match: mark as verified',
  safetyClear: 'Clear verification',
  safetyCopy: 'Copy the number',
  safetyQr: 'QR code of the safety number',
  unknownDevice: 'An unknown device is in this conversation. Nothing is sent until it is gone.',
  myDevices: 'My devices',
  details: 'Details',
  compare: 'Compare',
  sendAnyway: 'Send anyway',

  // the keys of this device, and of others that ask
  waitingTitle: 'This device cannot read encrypted messages yet',
  waitingHow: 'Open Parley on a device you use already and approve this one there. It must show the same code:',
  waitingNoOther: 'I have no other device',
  startAnewTitle: 'Begin with new keys?',
  startAnewOnly: 'Do this only if you have lost all your other devices. Your account gets new keys, and then:',
  startAnewLost: 'Encrypted messages from before stay unreadable here.',
  startAnewWarned: 'Everybody you write with is warned that your safety number has changed.',
  startAnew: 'Make new keys',
  startingAnew: 'Making new keys…',
  passwordNotIt: 'This is not your password.',
  approvedTitle: 'This device can read encrypted messages now',
  approvedHint: 'It begins without history: what was encrypted before stays on the devices that have it.',
  gotIt: 'Got it',
  review: 'Review',
  approveTitle: 'Approve this device?',
  approveCompare: 'Approve it only if it is yours and shows this code right now:',
  approve: 'Approve',
  approving: 'Approving…',
  approveDone: 'The device has been approved.',
  approveGone: 'This device does not ask any more.',
  later: 'Later',
  notMine: 'It’s not mine',
  notMineDone: 'The device has been logged out. Change your password now.',
  waitsForApproval: 'Waits to be approved',

  // the composer
  write: 'Message',
  send: 'Send',
  emoji: 'Emoji',
  emojiSearch: 'Search emoji',
  emojiCategories: 'Kinds of emoji',
  emojiNone: 'No emoji found',
  emojiFailed: 'The emoji could not be loaded.',
  emojiGroups: {
    recent: 'Recently used',
    smileys: 'Smileys',
    people: 'People',
    nature: 'Animals and nature',
    food: 'Food and drink',
    travel: 'Travel and places',
    activities: 'Activities',
    objects: 'Objects',
    symbols: 'Symbols',
    flags: 'Flags',
  },
  storageFullSending:
    'This message could not be kept: the browser has no space left for Parley. Your text is still here. Free some space and send it again.',
  sendingFailed: 'This message could not be kept in the browser. Your text is still here.',

  // how the connection stands
  connecting: 'Connecting…',
  catchingUp: 'Getting new messages…',
  offline: 'No connection.',
  connectNow: 'Connect now',
  elsewhere: 'Parley is in use elsewhere with this login.',
  useHere: 'Use here',
  storageFull:
    'The browser has no space left. New messages wait on the server and nothing is lost: free some space on this device, then try again.',
  loggedOut: 'You have been logged out. What you have not sent yet stays here.',
  logInAgain: 'Log in again',

  // settings
  settingsPages: {
    profile: 'Profile',
    privacy: 'Privacy',
    devices: 'Devices',
    password: 'Password',
    appearance: 'Appearance',
    notifications: 'Notifications',
    storage: 'Storage',
    shortcuts: 'Keyboard shortcuts',
    about: 'About',
  },
  chooseSetting: 'Make it yours',
  chooseSettingHint: 'Choose what to look at on the left.',
  profileHint: 'Your name is shown to the people you write with.',
  userFixed: 'Others find you by it. It cannot be changed.',
  lastSeenTitle: 'Who sees when you are online',
  lastSeenHint: 'This covers “online”, “last seen” and “typing…”. It takes effect at once.',
  lastSeen: {
    everyone: 'Everyone',
    'written-to': 'People I have written to',
    nobody: 'Nobody',
  },
  lastSeenExplained: {
    everyone: 'Anyone who knows your user ID.',
    'written-to': 'Only people you have sent a message to.',
    nobody: 'No one. You still see others, if they show it.',
  },
  readReceipts: 'Read receipts',
  readReceiptsHint: 'Others see when you have read their messages. If off, you do not see theirs either.',
  devicesHint:
    'Each of these can read and write your messages. If you do not know one, log it out and change your password.',
  thisDevice: 'This device',
  unlink: 'Log out',
  unlinkTitle: 'Log out this device?',
  unlinked: 'The device has been logged out.',
  passwordOld: 'Current password',
  passwordNew: 'New password',
  passwordChange: 'Change password',
  passwordChanged: 'Your password has been changed. Your other devices have been logged out.',
  passwordWrong: 'The current password is wrong.',
  passwordExplained: 'All your other devices will be logged out.',
  theme: 'Theme',
  themes: { system: 'As on this device', light: 'Light', dark: 'Dark' },
  themeHint: 'Kept in this browser only.',
  notifyTitle: 'Notifications on this device',
  notifyHint: 'Shown while Parley is open but out of sight: who wrote, and what.',
  notifyAsk: 'Allow notifications',
  notifyOn: 'Show notifications',
  notifyDenied:
    'The browser blocks notifications for this page. Allow them in the settings of the browser, then come back.',
  notifyMissing: 'This browser has no notifications.',
  aboutText: 'Parley is a messenger that you run yourself. Your messages stay on your server and your devices.',
  aboutVersion: 'Version',
  aboutLicence: 'Licence',
  aboutOthers: 'licences of what is in it',
  aboutEncryption: 'Encryption',
  aboutEncryptionHow: 'MLS (RFC 9420)',
  aboutPage: 'SHA-256 of this page, to compare with that of a build of your own:',
  aboutPageFailed: 'not to be had now',
  aboutPromise:
    'What a web page cannot promise: it comes from the server each time, so you trust whoever runs the server to deliver it unchanged.',

  // logging out
  logOut: 'Log out',
  logOutTitle: 'Log out of this browser?',
  logOutLost:
    'Your messages are removed from this browser. They stay on the server, and come back when you log in again.',
  logOutWiped:
    'Your messages and keys are removed from this browser. What is not encrypted stays on the server, and comes back when you log in again.',
  logOutOthers: 'Encrypted messages do not come back here: after the next login this browser is a new device.',
  logOutOnly: 'This is your only device. Its encrypted messages will not be readable on a new one.',
  logOutUnsent: (n: number) => `${count(n, 'message has', 'messages have')} not been sent and will be lost:`,
  logOutDrafts: (n: number) => `${count(n, 'draft', 'drafts')} will be lost too.`,
  loggingOut: 'Logging out…',

  shortcutsTitle: 'Keyboard shortcuts',
  shortcutsTouch:
    'On a touch screen Enter begins a new line, and the button sends. With a keyboard, Ctrl and Enter send too.',
  shortcutGroups: { everywhere: 'Everywhere', list: 'In lists', chat: 'In a chat', writing: 'While writing' },
} as const;

/** The keys as they are printed on the keyboard. */
export const shortcuts: readonly {
  readonly group: keyof typeof text.shortcutGroups;
  readonly keys: readonly (readonly string[])[];
  readonly what: string;
}[] = [
  { group: 'everywhere', keys: [['Ctrl', 'K'], ['/']], what: 'Search' },
  { group: 'everywhere', keys: [['N']], what: 'New chat' },
  {
    group: 'everywhere',
    keys: [
      ['Alt', '↑'],
      ['Alt', '↓'],
    ],
    what: 'Previous or next chat',
  },
  { group: 'everywhere', keys: [['Esc']], what: 'Close or go back' },
  { group: 'everywhere', keys: [['?']], what: 'These shortcuts' },
  { group: 'list', keys: [['↑'], ['↓']], what: 'One up or down' },
  { group: 'list', keys: [['Home'], ['End']], what: 'First or last' },
  { group: 'list', keys: [['Enter']], what: 'Open' },
  { group: 'chat', keys: [['↑'], ['↓']], what: 'One message up or down' },
  { group: 'chat', keys: [['Page ↑'], ['Page ↓']], what: 'A page up or down' },
  { group: 'chat', keys: [['Home']], what: 'Oldest message' },
  { group: 'chat', keys: [['Ctrl', 'End']], what: 'Newest message' },
  { group: 'chat', keys: [['Ctrl', 'C']], what: 'Copy the message' },
  { group: 'chat', keys: [['Enter']], what: 'Message options' },
  { group: 'writing', keys: [['Enter'], ['Ctrl', 'Enter']], what: 'Send' },
  { group: 'writing', keys: [['Shift', 'Enter']], what: 'New line' },
  { group: 'writing', keys: [['Ctrl', 'E']], what: 'Emoji' },
];

export function title(unread: number): string {
  return unread === 0 ? text.product : `(${unread > 999 ? '999+' : unread}) ${text.product}`;
}

export function unreadBadge(n: number): string {
  return n > 999 ? '999+' : String(n);
}

export function unreadMessages(n: number): string {
  return count(n, 'unread message', 'unread messages');
}

export function newBelow(n: number): string {
  return `${number.format(n)} new`;
}

export function newBelowReadout(n: number): string {
  return `${count(n, 'new message', 'new messages')} below. ${text.toEnd}`;
}

/** What a chat is called. A group's title is not known to this version. */
export function chatName(conversation: string, me: string, nameOf: (user: string) => string): string {
  const peer = peerOf(conversation, me);
  if (peer === '') return text.group;
  return peer === me ? text.notes : nameOf(peer);
}

export function typingIn(group: boolean, name: string): string {
  return group ? `${name} is typing…` : text.typing;
}

export function lastSeenAt(moment: number, now: number): string {
  const then = Math.min(moment, now);
  return isToday(then, now) ? `last seen at ${clockTime(then)}` : `last seen ${dayAndTime(then, now)}`;
}

const TICKS: Record<Tick, string> = {
  waiting: 'Waiting to be sent',
  refused: 'Not sent',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
};

export function tickName(tick: Tick): string {
  return TICKS[tick];
}

/** A message as it is read out when it has the focus. */
export function messageReadout(parts: {
  readonly who: string;
  readonly content: string;
  readonly time: number | undefined;
  readonly now: number;
  readonly tick: Tick | undefined;
}): string {
  const when = parts.time === undefined ? '' : `, ${dayAndTime(parts.time, parts.now)}`;
  const state = parts.tick === undefined ? '' : `. ${TICKS[parts.tick]}`;
  return `${parts.who}${when}: ${parts.content}${state}`;
}

/** A message as it is read out when it arrives. */
export function arrivalReadout(who: string, time: number | undefined, content: string): string {
  return `${who}${time === undefined ? '' : `, ${clockTime(time)}`}: ${content}`;
}

export const yourself = 'You';

/** A chat in the list, read out as one. */
export function chatReadout(parts: {
  readonly name: string;
  readonly unread: number;
  readonly line: string;
  readonly time: string;
  readonly tick: Tick | undefined;
}): string {
  const unread = parts.unread === 0 ? '' : `, ${unreadMessages(parts.unread)}`;
  const line = parts.line === '' ? '' : `. ${parts.line}`;
  const time = parts.time === '' ? '' : `. ${parts.time}`;
  return `${parts.name}${unread}${line}${time}${parts.tick === undefined ? '' : `. ${TICKS[parts.tick]}`}`;
}

export function daySeparator(moment: number, now: number): string {
  return dayName(moment, now);
}

export function exactTime(moment: number): string {
  return fullTime(moment);
}

/** When a message was delivered or read, as far as this device knows. */
export function reachedAt(moment: number, isLate: boolean, now: number): string {
  return isLate ? `before ${dateAndTime(minuteAfter(moment), now)}` : dayAndTime(moment, now);
}

export function offlineUntil(seconds: number): string {
  return seconds <= 0 ? text.connecting : `${text.offline} Next attempt in ${count(seconds, 'second', 'seconds')}.`;
}

export function retryAfter(seconds: number): string {
  return `Too many attempts. Try again in ${count(seconds, 'second', 'seconds')}.`;
}

export function noSuchUser(user: string): string {
  return `There is no user “${user}” on this server. Check the spelling: user IDs are exact.`;
}

export function tooLong(over: number): string {
  return `${count(over, 'character', 'characters')} too long to send`;
}

export function charactersLeft(left: number): string {
  return `${count(left, 'character', 'characters')} left`;
}

export function emptyChatHint(name: string): string {
  return `Say hello to ${name}.`;
}

/** Why a message cannot be read, and the way out. */
export function unreadableWhy(why: Undecryptable, mine: boolean, name: string): string {
  switch (why) {
    case 'before-joining':
      return 'This message was sent before this device was added. It can be read on your other devices.';
    case 'own':
      return 'You sent this message from here, and this browser has not kept it. It can be read on your other devices.';
    case 'wrong-sender':
      return mine
        ? 'This message is not from you, though the server says so. It is not shown.'
        : `This message is not from ${name}, though the server says so. It is not shown.`;
    case 'lost':
      return mine
        ? 'This message could not be decrypted. It can be read on the device you sent it from.'
        : `This message could not be decrypted. Ask ${name} to send it again.`;
  }
}

/** Who can read an encrypted conversation. */
export function whoReads(conversation: string, me: string, name: string): string {
  const peer = peerOf(conversation, me);
  if (peer === me) return 'Only you can read what you write here. The server keeps it and cannot read it.';
  const who = peer === '' ? 'Only the members of this group' : `Only you and ${name}`;
  return `${who} can read what is written here. The server passes it on and cannot read it.`;
}

/** What must be so before a conversation is encrypted. */
export function takesToEncrypt(conversation: string, me: string, name: string): readonly string[] {
  const own = 'A web browser can, a program for the command line cannot.';
  const peer = peerOf(conversation, me);
  if (peer === me) return [`All your devices can encrypt. ${own}`];
  if (peer === '') return [`All devices of all members can encrypt. ${own}`];
  return [`All devices of both of you can encrypt. ${own}`, `${name} has opened Parley once, so that there are keys.`];
}

export function compareHow(name: string): string {
  return `Compare it with the number that ${name} sees here, side by side or in a call. If both are the same, nobody is between you.`;
}

export function numberChanged(name: string): string {
  return `${name}’s safety number has changed.`;
}

export function numberChangedSince(name: string): string {
  return `${name}’s safety number has changed since you compared it.`;
}

export function numberChangedWhy(name: string): string {
  return `Most often ${name} has begun anew after losing all devices. It may also be somebody who pretends to be ${name}: ask, and compare the new number before you write on.`;
}

export function unknownDeviceWhat(name: string | undefined): string {
  const own = 'No one’s keys vouch for it, and it may read along. Log out what you do not know in your list of devices';
  return name === undefined ? `${own}.` : `${own}, and ask ${name} to do the same.`;
}

export function noKeysYet(name: string): string {
  return `There is no number to compare yet: ${name} has no keys. They are made when ${name} opens Parley.`;
}

/** One by one: a number is not what is compared. */
export function spelled(digits: string): string {
  return [...digits.replace(/\s/gu, '')].join(' ');
}

export function groupsOfFive(number: string): readonly string[] {
  return number.match(/.{1,5}/gu) ?? [];
}

export function deviceAsks(device: string): string {
  return `“${device}” wants to read your messages.`;
}

export function approveWhat(device: string): string {
  return `“${device}” has logged in with your password. Once approved, it reads and writes your encrypted messages from then on.`;
}

export function notMineWhat(device: string): string {
  return `Whoever uses “${device}” knows your password. The device is logged out without having read anything encrypted. Change your password right after.`;
}

export function manyNew(n: number, last: string): string {
  return n <= 1 ? last : `${count(n, 'new message', 'new messages')}\n${last}`;
}

export function resultsFound(chats: number, messages: number): string {
  if (chats + messages === 0) return text.nothingFound;
  return `${count(chats, 'chat', 'chats')}, ${count(messages, 'message', 'messages')}`;
}

export function emojiFound(n: number): string {
  return n === 0 ? text.emojiNone : count(n, 'emoji', 'emoji');
}

export function deviceSeen(current: boolean, moment: number | undefined, now: number): string {
  if (current) return text.thisDevice;
  return moment === undefined ? '' : `Last active ${dayAndTime(moment, now)}`;
}

export function deviceLinked(moment: number, now: number): string {
  return `Linked ${listTime(moment, now)}`;
}

export function unlinkQuestion(device: string): string {
  return `“${device}” will be logged out. What it has not sent is not lost on it, but it has to log in again.`;
}

export function refusal(code: string, message: string): string {
  switch (code) {
    case 'unknown-user':
      return text.refusedUnknown;
    case 'forbidden':
    case 'not-found':
      return text.refusedForbidden;
    case 'too-large':
      return text.refusedTooLarge;
    default:
      return message;
  }
}

/** Why a call to the server failed, where the view knows nothing better. */
export function failure(code: string, detail: string, retryAfterSeconds: number | undefined): string {
  switch (code) {
    case 'network':
      return text.network;
    case 'unavailable':
      return text.unavailable;
    case 'rate-limited':
      return retryAfter(retryAfterSeconds ?? 60);
    case 'forbidden':
      return text.notAllowed;
    case 'unauthenticated':
      return text.loggedOut;
    default:
      return detail;
  }
}
