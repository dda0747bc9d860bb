import { type VoiceType, voiceType } from './kinds.ts';
import { waveformOf } from './waveform.ts';

// A voice message as it is recorded. How loud it is, is noted while it lasts: to decode a quarter of an hour afterwards would take
// hundreds of megabytes.

export interface Recorded {
  readonly blob: Blob;
  readonly type: VoiceType;
  readonly durationSeconds: number;
  /** base64url of 64 bytes. */
  readonly waveform: string;
}

export type RecordingProblem = 'refused' | 'missing' | 'busy' | 'unsupported' | 'broken';

export class RecordingFailed extends Error {
  override readonly name = 'RecordingFailed';
  readonly why: RecordingProblem;

  constructor(why: RecordingProblem, cause?: unknown) {
    super(why, { cause });
    this.why = why;
  }
}

export const RECORDING_SECONDS_MAX = 15 * 60;
const LEVEL_MILLIS = 50;
/** Speech needs no more; a quarter of an hour is 3.6 MB. */
const BITS_PER_SECOND = 32_000;
const WAYS = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4', 'audio/ogg;codecs=opus'];
/** Speech into a microphone is far below the most that it could be. */
const LOUDEST = 0.35;

export class Recording {
  readonly #recorder: MediaRecorder;
  readonly #microphone: MediaStream;
  readonly #sound: AudioContext;
  readonly #analyser: AnalyserNode;
  readonly #parts: Blob[] = [];
  readonly #levels: number[] = [];
  readonly #begun = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #ended: Promise<void>;
  #seconds: number | undefined;

  private constructor(recorder: MediaRecorder, microphone: MediaStream, sound: AudioContext, onEnd: () => void) {
    this.#recorder = recorder;
    this.#microphone = microphone;
    this.#sound = sound;
    this.#analyser = sound.createAnalyser();
    this.#analyser.fftSize = 2_048; // as many samples as there are in 50 ms, about
    sound.createMediaStreamSource(microphone).connect(this.#analyser);
    this.#ended = new Promise((resolve) => {
      recorder.addEventListener('stop', () => {
        this.#letGo();
        resolve();
        onEnd();
      });
    });
    recorder.addEventListener('dataavailable', ({ data }) => this.#parts.push(data));
    recorder.start(1_000);
    this.#timer = setInterval(() => this.#note(), LEVEL_MILLIS);
  }

  /**
   * Asks for the microphone. `onEnd` is called when the recording ends by itself too: it is as long as it may be, or the microphone was
   * taken away. Fails with {@link RecordingFailed}.
   */
  static async begin(onEnd: () => void, signal: AbortSignal): Promise<Recording> {
    if (typeof MediaRecorder === 'undefined' || navigator.mediaDevices === undefined) {
      throw new RecordingFailed('unsupported');
    }
    const way = WAYS.find((each) => MediaRecorder.isTypeSupported(each));
    if (way === undefined) throw new RecordingFailed('unsupported');
    const microphone = await microphoneOf();
    try {
      signal.throwIfAborted(); // in the meantime nobody wants it any more
      const recorder = new MediaRecorder(microphone, { mimeType: way, audioBitsPerSecond: BITS_PER_SECOND });
      const sound = new AudioContext();
      void sound.resume();
      return new Recording(recorder, microphone, sound, onEnd);
    } catch (problem) {
      for (const track of microphone.getTracks()) track.stop();
      throw problem instanceof DOMException && problem.name === 'AbortError'
        ? problem
        : new RecordingFailed('broken', problem);
    }
  }

  get seconds(): number {
    return this.#seconds ?? Math.min(RECORDING_SECONDS_MAX, (performance.now() - this.#begun) / 1_000);
  }

  /** How loud it is now, from 0 to 1. */
  get level(): number {
    return this.#levels.at(-1) ?? 0;
  }

  get isOver(): boolean {
    return this.#recorder.state === 'inactive';
  }

  /** What was recorded. Fails with {@link RecordingFailed}. */
  async finish(): Promise<Recorded> {
    this.#stop();
    await this.#ended;
    const whole = new Blob(this.#parts);
    const type = voiceType(new Uint8Array(await whole.slice(0, 64).arrayBuffer()));
    if (type === undefined) throw new RecordingFailed('broken');
    return {
      blob: whole.slice(0, whole.size, type),
      type,
      durationSeconds: this.seconds,
      waveform: waveformOf(this.#levels),
    };
  }

  discard(): void {
    this.#stop();
    this.#parts.length = 0;
  }

  #stop(): void {
    this.#seconds ??= this.seconds;
    if (!this.isOver) this.#recorder.stop();
  }

  #note(): void {
    if (this.seconds >= RECORDING_SECONDS_MAX) {
      this.#stop();
      return;
    }
    const samples = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    const level = Math.min(1, Math.sqrt(power) / LOUDEST);
    // In a page that is not seen, the clock ticks more seldom: what it leaves out is as loud as what comes next.
    const place = Math.floor((this.seconds * 1_000) / LEVEL_MILLIS);
    while (this.#levels.length <= place) this.#levels.push(level);
  }

  #letGo(): void {
    this.#seconds ??= this.seconds;
    clearInterval(this.#timer);
    for (const track of this.#microphone.getTracks()) track.stop(); // the browser's sign that somebody listens goes out
    void this.#sound.close();
  }
}

async function microphoneOf(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (problem) {
    throw new RecordingFailed(problem instanceof DOMException ? whyNot(problem.name) : 'broken', problem);
  }
}

function whyNot(name: string): RecordingProblem {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    default:
      return 'busy';
  }
}
