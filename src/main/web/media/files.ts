import type { Body } from '../model.ts';
import { TEXT_CHARACTERS } from '../protocol.ts';
import { safeName } from './received.ts';
import type { UploadForm } from './shelf.ts';

// What a `media` body says: files, and perhaps a text that goes with them. docs/protocol.md has the members; whatever somebody else
// wrote is read as untrusted, and what makes no sense is left out rather than believed.

export type FileKind = 'image' | 'video' | 'voice' | 'file';

export interface MediaFile {
  /** The upload's id; empty in what is unsent. */
  readonly media: string;
  readonly kind: FileKind;
  readonly name?: string;
  readonly type?: string;
  /** In bytes, without the padding that an encrypted upload has. */
  readonly size: number;
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
  /** In seconds. */
  readonly duration?: number;
  /** A tiny picture, base64url, shown until the real one is there. */
  readonly preview?: string;
  /** Of a voice note: how loud it is over its length, a byte each, base64url. */
  readonly waveform?: string;
  /** 32 bytes, base64url: the upload is encrypted with it. Absent where it was uploaded as it is. */
  readonly key?: string;
  /** Of an unsent or own file that was uploaded as it is: what it would be encrypted with. It does not leave this browser. */
  readonly keptKey?: string;
  /** Of the upload, base64url. */
  readonly sha256?: string;
}

export interface MediaContent {
  readonly text: string | undefined;
  readonly files: readonly MediaFile[];
}

export const FILES_MAX = 32;
export const NAME_CHARACTERS = 255;
const TYPE_CHARACTERS = 127;
const PREVIEW_CHARACTERS = 4_096;
const WAVEFORM_CHARACTERS = 256;
const PIXELS_MAX = 100_000;
const SECONDS_MAX = 7 * 24 * 3600;

const KINDS: readonly FileKind[] = ['image', 'video', 'voice', 'file'];
const MEDIA_ID = /^[0-9a-f]{32}$/;
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const KEY = /^[A-Za-z0-9_-]{43}$/;

/** Undefined where the body is none of this type, or broken. */
export function mediaIn(body: Body): MediaContent | undefined {
  const known = read.get(body);
  if (known !== undefined) return known;
  if (body.type !== 'media' || !Array.isArray(body['files'])) return undefined;
  const files = (body['files'] as readonly unknown[]).map(fileIn);
  if (files.length === 0 || files.length > FILES_MAX || !files.every((file) => file !== undefined)) return undefined;
  const said = body['text'];
  if (said !== undefined && !isText(said)) return undefined;
  const content = { text: said as string | undefined, files };
  read.set(body, content);
  return content;
}

/** A body never changes, and is drawn often. */
const read = new WeakMap<Body, MediaContent>();

/** The same with other files, in their order. */
export function withFiles(body: Body, files: readonly MediaFile[]): Body {
  return { ...body, files };
}

/** How it goes out: without what stays in this browser. */
export function travellingBody(body: Body): Body {
  const content = mediaIn(body);
  if (content === undefined) return body;
  return withFiles(
    body,
    content.files.map(({ keptKey: _, ...file }) => file),
  );
}

/** As it stands here once its upload went in this form: a key travels only with what is encrypted under it. */
export function inForm({ key, keptKey, ...file }: MediaFile, form: UploadForm): MediaFile {
  const itsKey = key ?? keptKey;
  if (itsKey === undefined) return file;
  return form === 'encrypted' ? { ...file, key: itsKey } : { ...file, keptKey: itsKey };
}

function isText(said: unknown): boolean {
  return typeof said === 'string' && said.trim() !== '' && [...said].length <= TEXT_CHARACTERS;
}

function fileIn(value: unknown): MediaFile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const said = value as Readonly<Record<string, unknown>>;
  const { media, size } = said;
  const kind = KINDS.find((one) => one === said['kind']);
  if (typeof media !== 'string' || (media !== '' && !MEDIA_ID.test(media)) || kind === undefined) return undefined;
  if (size !== undefined && (!Number.isSafeInteger(size) || (size as number) < 0)) return undefined;
  return {
    media,
    kind,
    size: (size as number | undefined) ?? 0,
    ...textMember('name', said['name'], NAME_CHARACTERS),
    ...textMember('type', said['type'], TYPE_CHARACTERS),
    ...numberMember('width', said['width'], PIXELS_MAX),
    ...numberMember('height', said['height'], PIXELS_MAX),
    ...numberMember('duration', said['duration'], SECONDS_MAX),
    ...matchingMember('preview', said['preview'], BASE64URL, PREVIEW_CHARACTERS),
    ...matchingMember('waveform', said['waveform'], BASE64URL, WAVEFORM_CHARACTERS),
    ...matchingMember('key', said['key'], KEY, 43),
    ...matchingMember('keptKey', said['keptKey'], KEY, 43),
    ...matchingMember('sha256', said['sha256'], KEY, 43),
  };
}

function textMember<N extends string>(name: N, value: unknown, most: number): { [member in N]?: string } {
  const isIt = typeof value === 'string' && value !== '' && value.length <= most;
  return (isIt ? { [name]: value } : {}) as { [member in N]?: string };
}

function matchingMember<N extends string>(name: N, value: unknown, form: RegExp, most: number) {
  return typeof value === 'string' && form.test(value) ? textMember(name, value, most) : {};
}

function numberMember<N extends string>(name: N, value: unknown, most: number): { [member in N]?: number } {
  const isIt = typeof value === 'number' && value > 0 && value <= most;
  return (isIt ? { [name]: value } : {}) as { [member in N]?: number };
}

// --- names

/** What a file is called where it is saved or shown: nothing that deceives, and a name made up where there is none. */
export function fileName({ name = '', kind, type = '' }: Pick<MediaFile, 'name' | 'kind' | 'type'>): string {
  if (name !== '') return safeName(name);
  const ending = ENDINGS[type.toLowerCase().split(';', 1)[0] ?? ''];
  return `${kind}${ending === undefined ? '' : `.${ending}`}`;
}

const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'audio/webm': 'webm',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'application/pdf': 'pdf',
};
