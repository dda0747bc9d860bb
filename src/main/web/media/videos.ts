import { HEAD_BYTES, type VideoType, videoType } from './kinds.ts';
import { previewOf } from './preview.ts';
import { withoutPlace } from './videoPlace.ts';

// A video as it is sent: as it is, but for the place where it was taken, with one picture of it to be shown before it is there.

export interface PreparedVideo {
  readonly kind: 'video';
  readonly blob: Blob;
  readonly type: VideoType;
  readonly width: number;
  readonly height: number;
  readonly durationSeconds: number;
  /** base64url; empty if there is none. */
  readonly preview: string;
}

const WAIT_MILLIS = 10_000;
const POSTER_AFTER_SECONDS = 0.5;
const POSTER_PART = 0.1;
const EDGE_MOST = 16_384;
/** Whoever has recorded in a browser has no length written into the file: jumped behind its end, the browser finds it. */
const FAR_SECONDS = 1e9;

/** `undefined` if it is none, or this browser cannot play it: then it is a file. */
export async function preparedVideo(file: Blob): Promise<PreparedVideo | undefined> {
  const type = videoType(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  if (type === undefined) return undefined;
  const clean = await withoutPlace(file, type);
  if (clean === undefined) return undefined;
  const blob = clean.slice(0, clean.size, type); // under the type that it has, not the one it is said to have
  const url = URL.createObjectURL(blob);
  const video = document.createElement('video');
  const limit = AbortSignal.timeout(WAIT_MILLIS);
  try {
    video.muted = true;
    video.playsInline = true;
    video.preload = 'auto';
    const loaded = happens(video, 'loadeddata', limit);
    video.src = url;
    await loaded;
    const durationSeconds = await lengthOf(video, limit);
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0 || height === 0 || Math.max(width, height) > EDGE_MOST) return undefined;
    await jump(video, Math.min(POSTER_AFTER_SECONDS, durationSeconds * POSTER_PART), limit);
    return {
      kind: 'video',
      blob,
      type,
      width,
      height,
      durationSeconds,
      preview: await previewOf(video, width, height),
    };
  } catch {
    return undefined; // not played here, or not in time
  } finally {
    video.removeAttribute('src');
    video.load(); // lets go of the file
    URL.revokeObjectURL(url);
  }
}

async function lengthOf(video: HTMLVideoElement, limit: AbortSignal): Promise<number> {
  if (!Number.isFinite(video.duration)) {
    await jump(video, FAR_SECONDS, limit);
    if (!Number.isFinite(video.duration)) throw new Error('a video without an end');
  }
  return video.duration;
}

async function jump(video: HTMLVideoElement, seconds: number, limit: AbortSignal): Promise<void> {
  const done = happens(video, 'seeked', limit);
  video.currentTime = seconds;
  await done;
}

function happens(video: HTMLVideoElement, event: 'loadeddata' | 'seeked', limit: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const end = (act: () => void) => () => {
      over.abort();
      act();
    };
    const { signal } = over;
    video.addEventListener(event, end(resolve), { signal });
    video.addEventListener(
      'error',
      end(() => reject(new Error('cannot be played'))),
      { signal },
    );
    limit.addEventListener(
      'abort',
      end(() => reject(new Error('took too long'))),
      { signal },
    );
    if (limit.aborted) end(() => reject(new Error('took too long')))();
  });
}
