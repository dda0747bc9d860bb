import type { FileKind, MediaFile } from './media/files.ts';

// All that the page says of files.

const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** As people say it; a kilobyte has 1,000 bytes. */
export function sizeInWords(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1_000 && unit < UNITS.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return unit === 0 && bytes === 1 ? '1 byte' : `${number.format(size)} ${UNITS[unit]}`;
}

/** 1:05, 1:02:05. */
export function lengthInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (part: number): string => `${part}`.padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export const fileText = {
  attach: 'Attach',
  record: 'Record a voice message',
  attachKinds: 'What to attach',
  photos: 'Photos and videos',
  camera: 'Take a photo',
  anyFile: 'File',
  dropHere: 'Drop files to send them here',
  sendTitle: 'Send files',
  caption: 'Add a caption',
  captionOf: (name: string) => `Caption for ${name}`,
  removeOf: (name: string) => `Remove ${name}`,
  addMore: 'Add more',
  picturesAs: 'Size of pictures',
  picturesSizes: { standard: 'Standard', high: 'High', original: 'As files, unchanged' },
  picturesHints: {
    standard: 'Quick to send. Where a picture was taken is left out.',
    high: 'More detail, larger. Where a picture was taken is left out.',
    original: 'Every byte as it is, with all that cameras write into pictures, like the place.',
  },
  lookingAt: 'Having a look…',
  tooMany: (most: number) => `At most ${most} files at once: the rest was left out.`,
  emptyFile: (name: string) => `“${name}” is empty.`,
  unreadable: (name: string) => `“${name}” cannot be read. Is it a folder, or has it been moved?`,
  notKept: (name: string) => `“${name}” could not be kept in the browser, and was not sent.`,
  storageFull: 'The browser has no space left for this file. Free some space, then send it again.',
  preparing: 'Preparing',
  uploading: 'Sending',
  waiting: 'Waits to be sent',
  paused: 'Paused',
  pause: 'Pause',
  resume: 'Go on',
  cancelSending: 'Do not send',
  fetch: 'Load',
  fetchOf: (what: string, size: string) => `Load ${what}, ${size}`,
  fetching: 'Loading',
  cancelFetching: 'Stop loading',
  saveOf: (name: string) => `Save ${name}`,
  openOf: (what: string) => `Open ${what}`,
  again: 'Try again',
  gone: 'The server does not have this file any more.',
  damaged: 'This file is damaged, or is not the one that was sent. It is not shown.',
  network: 'It could not be loaded. Check your connection.',
  noSpace: 'The browser has no space left for this file.',
  cannotShow: 'This browser cannot show it. You can save it.',
  failed: 'It could not be loaded.',
  storageHint:
    'Pictures, videos and files that are kept in this browser. What is cleared is loaded again when you look at it.',
  storageNone: 'No files are kept in this browser.',
  storageUsed: (size: string) => `${size} in all`,
  clear: 'Clear',
  clearOf: (chat: string) => `Clear the files of ${chat} from this browser`,
  cleared: 'Cleared.',
} as const;

const KINDS: Readonly<Record<FileKind, string>> = {
  image: 'Photo',
  video: 'Video',
  voice: 'Voice message',
  file: 'File',
};

/** One file in a few words, as in the list of chats and for who listens. */
export function fileInWords({ kind, name, duration }: Pick<MediaFile, 'kind' | 'name' | 'duration'>): string {
  const length = duration === undefined ? '' : ` (${lengthInWords(duration)})`;
  if (kind === 'file') return name === undefined ? KINDS.file : `${KINDS.file}: ${name}`;
  return KINDS[kind] + length;
}

export function filesInWords(files: readonly MediaFile[], said: string | undefined): string {
  const [first] = files;
  const what = files.length === 1 && first !== undefined ? fileInWords(first) : `${files.length} files`;
  return said === undefined ? what : `${what}. ${said}`;
}

export function progressInWords(bytes: number, of: number): string {
  return of === 0 ? '' : `${Math.min(100, Math.floor((100 * bytes) / of))} %`;
}
