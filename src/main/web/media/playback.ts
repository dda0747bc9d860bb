import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

// One voice message that can be played. Whoever begins to speak makes the others silent.

export type PlaybackState = 'idle' | 'loading' | 'playing' | 'failed';

export const SPEEDS = [1, 1.5, 2] as const;
export type Speed = (typeof SPEEDS)[number];

/** All are played at the speed that was chosen at one. */
const speedChosen = signal<Speed>(1);
export const speed: ReadonlySignal<Speed> = speedChosen;

let speaking: Playback | undefined;

export function nextSpeed(): void {
  speedChosen.value = SPEEDS[(SPEEDS.indexOf(speedChosen.value) + 1) % SPEEDS.length] ?? 1;
  speaking?.keepSpeed();
}

/** Jumped behind its end, a browser finds how long a recording is that does not say so. */
const FAR_SECONDS = 1e9;

export class Playback {
  readonly #state: Signal<PlaybackState> = signal('idle');
  readonly #position = signal(0);
  readonly #duration: number;
  readonly #load: (signal: AbortSignal) => Promise<string>;
  readonly #over = new AbortController();
  #audio: HTMLAudioElement | undefined;
  #opening: Promise<HTMLAudioElement> | undefined;
  #turn = 0;
  #frame = 0;

  /** `load` gives an address, which may be revoked once the signal says that it is not needed any more. */
  constructor(duration: number, load: (signal: AbortSignal) => Promise<string>) {
    this.#duration = duration;
    this.#load = load;
  }

  get state(): ReadonlySignal<PlaybackState> {
    return this.#state;
  }

  /** In seconds. */
  get position(): ReadonlySignal<number> {
    return this.#position;
  }

  async play(): Promise<void> {
    if (this.#state.value === 'loading' || this.#state.value === 'playing') return;
    if (speaking !== this) speaking?.pause();
    speaking = this;
    this.#turn += 1;
    const turn = this.#turn;
    this.#state.value = 'loading';
    try {
      const audio = await this.#ready();
      if (turn !== this.#turn) return; // paused in the meantime
      audio.currentTime = this.#position.value >= this.#duration ? 0 : this.#position.value;
      this.keepSpeed();
      await audio.play();
      if (turn !== this.#turn) return;
      this.#state.value = 'playing';
      this.#follow();
    } catch (problem) {
      if (turn !== this.#turn) return;
      // Some browsers forget over the loading that somebody has pressed a button: pressed again, it is there already.
      const mayNot = problem instanceof DOMException && problem.name === 'NotAllowedError';
      if (!mayNot) this.#audio = undefined; // the next attempt loads it anew
      this.#state.value = mayNot ? 'idle' : 'failed';
    }
  }

  pause(): void {
    this.#turn += 1;
    this.#audio?.pause();
    cancelAnimationFrame(this.#frame);
    if (this.#state.value !== 'failed') this.#state.value = 'idle';
  }

  /** Whether it plays or not. */
  seek(seconds: number): void {
    this.#position.value = Math.max(0, Math.min(this.#duration, seconds));
    if (this.#audio !== undefined) this.#audio.currentTime = this.#position.value;
  }

  keepSpeed(): void {
    if (this.#audio !== undefined) this.#audio.playbackRate = speedChosen.value;
  }

  /** For good. */
  end(): void {
    this.pause();
    if (speaking === this) speaking = undefined;
    this.#over.abort();
    this.#audio?.removeAttribute('src');
    this.#audio?.load();
    this.#audio = undefined;
  }

  #ready(): Promise<HTMLAudioElement> {
    if (this.#audio !== undefined) return Promise.resolve(this.#audio);
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #open(): Promise<HTMLAudioElement> {
    const address = await this.#load(this.#over.signal);
    this.#over.signal.throwIfAborted();
    const audio = new Audio();
    audio.preload = 'auto';
    const loaded = happens(audio, 'loadedmetadata');
    audio.src = address;
    await loaded;
    if (!Number.isFinite(audio.duration)) {
      const found = happens(audio, 'seeked');
      audio.currentTime = FAR_SECONDS;
      await found;
    }
    audio.addEventListener('ended', () => this.#ended());
    audio.addEventListener('error', () => this.#broke());
    this.#over.signal.throwIfAborted();
    this.#audio = audio;
    return audio;
  }

  #follow(): void {
    const audio = this.#audio;
    if (audio === undefined || this.#state.value !== 'playing') return;
    if (audio.paused) {
      this.pause(); // by the system: a call comes in, or the headphones are taken off
      return;
    }
    this.#position.value = Math.min(this.#duration, audio.currentTime);
    this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #ended(): void {
    this.pause();
    this.#position.value = 0;
  }

  #broke(): void {
    this.pause();
    this.#audio = undefined;
    this.#state.value = 'failed';
  }
}

function happens(audio: HTMLAudioElement, event: 'loadedmetadata' | 'seeked'): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const { signal } = over;
    const once = (act: () => void) => () => {
      over.abort();
      act();
    };
    audio.addEventListener(event, once(resolve), { signal });
    audio.addEventListener(
      'error',
      once(() => reject(new Error('cannot be played'))),
      { signal },
    );
  });
}
