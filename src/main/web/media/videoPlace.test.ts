import { expect, test } from 'vitest';
import { type Bytes, joined, utf8 } from '../crypto/bytes.ts';
import { withoutPlace } from './videoPlace.ts';

function box(name: string, ...content: readonly Uint8Array[]): Bytes {
  const inside = joined(...content);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, 8 + inside.length);
  return joined(size, utf8(name), inside);
}

/** With its size in 64 bits, as that of what is long. */
function longBox(name: string, content: Uint8Array): Bytes {
  const head = new Uint8Array(16);
  head.set(utf8(`\0\0\0\x01${name}`));
  new DataView(head.buffer).setBigUint64(8, BigInt(16 + content.length));
  return joined(head, content);
}

const TYPE = box('ftyp', utf8('isom'));
const PLACE = utf8('+48.8577+002.295/');
const DATA = longBox('mdat', utf8('udta: it is not looked at'));

async function cleaned(file: Bytes): Promise<Bytes | undefined> {
  const blob = await withoutPlace(new Blob([file]), 'video/mp4');
  return blob === undefined ? undefined : new Uint8Array(await blob.arrayBuffer());
}

test('what says where a video was taken is emptied, and nothing moves', async () => {
  const telling = (name: string, meta: string, free: Uint8Array): Bytes =>
    box('moov', box('mvhd', utf8('x')), box('trak', box('tkhd'), box(name, free)), box(meta, free));
  const empty = new Uint8Array(PLACE.length);
  for (const file of [
    [TYPE, telling('udta', 'meta', PLACE), DATA],
    [TYPE, DATA, telling('meta', 'uuid', PLACE)],
  ]) {
    const result = await cleaned(joined(...file));
    expect(result).toEqual(
      joined(...file.map((part) => (part === TYPE || part === DATA ? part : telling('free', 'free', empty)))),
    );
  }
  expect(await cleaned(joined(TYPE, DATA, box('uuid', PLACE)))).toEqual(joined(TYPE, DATA, box('free', empty)));
});

test('a video that says nothing stays as it is', async () => {
  const file = joined(TYPE, box('moov', box('mvhd', utf8('x'))), DATA);
  expect(await cleaned(file)).toEqual(file);
});

test('what ends with the file needs no size', async () => {
  const open = joined(new Uint8Array(4), utf8('mdat'), utf8('content'));
  expect(await cleaned(joined(TYPE, open))).toEqual(joined(TYPE, open));
});

test('what cannot be understood is not passed on as a video', async () => {
  const file = joined(TYPE, box('moov', box('udta', PLACE)));
  for (const length of [3, 10, file.length - 1]) expect(await cleaned(file.slice(0, length))).toBeUndefined();
  expect(await cleaned(joined(TYPE, box('moov', utf8('\0\0\0\x02udta'))))).toBeUndefined();
  expect(await cleaned(joined(TYPE, box('moov', utf8('\0\0\x01\0udta'))))).toBeUndefined();
});
