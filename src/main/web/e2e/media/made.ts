// Pictures and videos that are made in the page, so that none need to be stored.

const SECRET_PLACE = 'HERE-IT-WAS-TAKEN';
const HOLDER = 4; // how many bytes a number of a TIFF directory takes

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly isTransparent?: boolean;
}

/** Red on the left, blue on the right, and something to see. */
export function drawn({ width, height, isTransparent = false }: Look): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  if (!isTransparent) {
    context.fillStyle = '#c02020';
    context.fillRect(0, 0, width / 2, height);
    context.fillStyle = '#2040c0';
    context.fillRect(width / 2, 0, width / 2, height);
  }
  context.fillStyle = '#e8d9f0';
  context.beginPath();
  context.arc(width / 2, height / 2, Math.min(width, height) / 4, 0, 7);
  context.fill();
  return canvas;
}

export async function picture(type: string, look: Look): Promise<File> {
  return new File([await drawn(look).convertToBlob({ type, quality: 0.9 })], 'picture', { type });
}

/** As a telephone takes it: lying, with a note that it is to be turned by 90°, and with the place. */
export async function photo(look: Look): Promise<File> {
  const jpeg = new Uint8Array(await (await picture('image/jpeg', look)).arrayBuffer());
  const exif = new TextEncoder().encode(`Exif\0\0MM\0*\0\0\0\x08${directory()}${SECRET_PLACE}`);
  const marker = Uint8Array.of(0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 0xff);
  return new File([jpeg.slice(0, 2), marker, exif, jpeg.slice(2)], 'IMG_0001.JPG', { type: 'image/jpeg' });
}

/** Two entries: the orientation 6, and a description that tells the place. */
function directory(): string {
  const after = 8 + 2 + 2 * 12 + HOLDER;
  const description = `\x01\x0e\0\x02\0\0\0${String.fromCharCode(SECRET_PLACE.length)}\0\0\0${String.fromCharCode(after)}`;
  const orientation = '\x01\x12\0\x03\0\0\0\x01\0\x06\0\0';
  return `\0\x02${description}${orientation}\0\0\0\0`;
}

export async function tellsPlace(blob: Blob): Promise<boolean> {
  return new TextDecoder('latin1').decode(await blob.arrayBuffer()).includes(SECRET_PLACE);
}

/** Two pictures after each other. */
export function movingGif(): File {
  const frame = [0x21, 0xf9, 4, 0, 10, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  const head = [0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 200, 30, 30, 255, 255, 255];
  const comment = [0x21, 0xfe, SECRET_PLACE.length, ...new TextEncoder().encode(SECRET_PLACE), 0];
  return new File([Uint8Array.from([...head, ...comment, ...frame, ...frame, 0x3b])], 'moving.gif', {
    type: 'image/gif',
  });
}

/** A beginning that says it is far larger than can be borne. */
export function hugePng(): File {
  const head = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
  return new File([Uint8Array.from([...head, 0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 6, 0, 0, 0])], 'huge.png');
}

/** What the browser itself records of a canvas, in a second and a half. */
export async function video(type: string, { width, height }: Look): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: type });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const ended = new Promise((resolve) => recorder.addEventListener('stop', resolve));
  recorder.start();
  let step = 0;
  const timer = setInterval(() => {
    step += 1;
    context?.drawImage(drawn({ width, height }), 0, 0);
    context?.fillRect(step * 4, 10, 30, 30);
  }, 40);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  clearInterval(timer);
  recorder.stop();
  await ended;
  return new File(parts, 'video', { type });
}
