import type { Page } from '@playwright/test';

/** Where it is said to have been taken: 52° 30' N, 13° 24' E. */
export const PLACE = { latitude: [52, 30, 0], longitude: [13, 24, 0] } as const;

/** A photo as a camera writes it: a JPEG, with the place in its EXIF data. */
export async function photo(page: Page, width = 1200, height = 800): Promise<Buffer> {
  const drawn = await page.evaluate(
    async ([width, height]) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('nothing to draw on');
      const sky = context.createLinearGradient(0, 0, 0, height);
      sky.addColorStop(0, '#7ec8f2');
      sky.addColorStop(0.6, '#fbe3b5');
      sky.addColorStop(0.61, '#1f6f8b');
      sky.addColorStop(1, '#0c3547');
      context.fillStyle = sky;
      context.fillRect(0, 0, width, height);
      context.fillStyle = '#c0392b';
      context.beginPath();
      context.moveTo(width * 0.3, height * 0.62);
      context.lineTo(width * 0.7, height * 0.62);
      context.lineTo(width * 0.62, height * 0.75);
      context.lineTo(width * 0.36, height * 0.75);
      context.fill();
      const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
      return [...new Uint8Array(await blob.arrayBuffer())];
    },
    [width, height] as const,
  );
  const jpeg = Buffer.from(drawn);
  return Buffer.concat([jpeg.subarray(0, 2), exifSegment(), jpeg.subarray(2)]);
}

/** APP1 with a TIFF of one GPS directory (Exif 2.32, 4.6.6). */
function exifSegment(): Buffer {
  const tiff = Buffer.alloc(8 + 2 + 12 + 4 + 2 + 4 * 12 + 4 + 48);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  entry(tiff, 10, 0x8825, 4, 1, 26); // where the GPS directory stands
  tiff.writeUInt16LE(4, 26);
  const values = 26 + 2 + 4 * 12 + 4;
  entry(tiff, 28, 1, 2, 2, 'N'.charCodeAt(0));
  entry(tiff, 40, 2, 5, 3, values);
  entry(tiff, 52, 3, 2, 2, 'E'.charCodeAt(0));
  entry(tiff, 64, 4, 5, 3, values + 24);
  [...PLACE.latitude, ...PLACE.longitude].forEach((part, at) => {
    tiff.writeUInt32LE(part, values + 8 * at);
    tiff.writeUInt32LE(1, values + 8 * at + 4);
  });
  const content = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

function entry(tiff: Buffer, at: number, tag: number, type: number, count: number, value: number): void {
  tiff.writeUInt16LE(tag, at);
  tiff.writeUInt16LE(type, at + 2);
  tiff.writeUInt32LE(count, at + 4);
  tiff.writeUInt32LE(value, at + 8);
}
