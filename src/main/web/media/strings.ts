import { dayAndTime } from '../times.ts';

// What is said where pictures, videos and voice messages are seen, heard and recorded.

export const mediaText = {
  viewer: 'Pictures and videos',
  previous: 'Previous',
  next: 'Next',
  zoomIn: 'Enlarge',
  zoomOut: 'Reduce',
  save: 'Save',
  close: 'Close',
  loading: 'Loading…',
  failed: 'This could not be loaded.',
  tryAgain: 'Try again',

  voice: 'Voice message',
  play: 'Play',
  pause: 'Pause',
  position: 'Position',
  voiceFailed: 'This voice message could not be played.',

  recording: 'Recording a voice message',
  waiting: 'Waiting for the microphone…',
  discard: 'Discard',
  send: 'Send',
  lock: 'Go on without holding',
  slide: 'Let go to send. Slide left to discard, up to lock.',
  full: 'A voice message has 15 minutes at most. Send it, or discard it.',
  microphoneRefused: 'Parley may not use the microphone. Allow it in the settings of your browser, then try again.',
  microphoneMissing: 'No microphone was found.',
  microphoneBusy: 'The microphone could not be used. Another program may be using it.',
  recordingUnsupported: 'This browser cannot record voice messages.',
  recordingBroken: 'The recording broke off and could not be kept.',
} as const;

const NAMES = { image: 'Picture', video: 'Video' } as const;

/** For who does not see it. */
export function pictureName(caption: string, who: string): string {
  return caption === '' ? `Picture from ${who}` : caption;
}

export function videoName(caption: string, who: string): string {
  return caption === '' ? `Video from ${who}` : caption;
}

export function placeOf(at: number, count: number): string {
  return `${at + 1} of ${count}`;
}

/** What is read out when another one comes into view. */
export function viewedReadout(parts: {
  readonly kind: 'image' | 'video';
  readonly at: number;
  readonly count: number;
  readonly who: string;
  readonly time: number;
  readonly now: number;
  readonly caption: string;
}): string {
  const { kind, at, count, who, time, now, caption } = parts;
  return `${NAMES[kind]} ${placeOf(at, count)}, ${who}, ${dayAndTime(time, now)}${caption === '' ? '' : `. ${caption}`}`;
}

export function zoomedTo(scale: number): string {
  return `${Math.round(scale * 100)} %`;
}

/** "0:07", "12:30". */
export function minutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** The same to be read out. */
export function spokenMinutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    ...(whole >= 60 ? [`${Math.floor(whole / 60)} min`] : []),
    ...(whole % 60 !== 0 || whole < 60 ? [`${whole % 60} s`] : []),
  ];
  return parts.join(' ');
}

export function positionReadout(seconds: number, duration: number): string {
  return `${spokenMinutes(seconds)} of ${spokenMinutes(duration)}`;
}

export function speedName(speed: number): string {
  return `Speed: ${speed} ×`;
}
