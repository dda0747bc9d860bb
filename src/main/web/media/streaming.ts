import { deferred } from './deferred.ts';
import type { Film } from './film.ts';
import { type Answer, CLAIM, FOLDER, type Opening, type Question, streamId } from './streamProtocol.ts';

// The page's side of playing a file while it loads: addresses for players, and what the service worker asks for them.

/** What a player takes. */
export interface FileStream {
  readonly url: string;
  /** Why it could not go on; undefined where nothing but the player itself knows. */
  why(): unknown;
  /** It is not played any more: whatever is on its way stops. */
  end(): void;
}

/** What Streams need of the service worker. */
export interface Door {
  /** The folder in which the page is. */
  readonly root: string;
  /** Whether it answers this page's players from now on. */
  open(): Promise<boolean>;
  hear(listener: (opening: Opening, port: MessagePort) => void): void;
  /** It is not needed any more in this browser. */
  close(): Promise<void>;
}

export class Streams {
  readonly #door: Door;
  readonly #films = new Map<string, { readonly film: Film; readonly type: string }>();

  constructor(door: Door) {
    this.#door = door;
    door.hear(({ id }, port) => {
      const found = this.#films.get(id);
      if (found === undefined) say(port, { kind: 'unknown' });
      else void serve(found.film, found.type, port);
    });
  }

  /** Undefined where the browser lets nobody answer a player. */
  async begin(film: () => Film, type: string): Promise<FileStream | undefined> {
    if (!(await this.#door.open())) return undefined;
    const id = streamId();
    const playing = film();
    this.#films.set(id, { film: playing, type });
    return {
      url: this.#door.root + FOLDER + id,
      why: () => playing.why(),
      end: () => {
        this.#films.delete(id);
        playing.end();
      },
    };
  }

  /** Nothing of the last person goes on. */
  async forget(): Promise<void> {
    for (const { film } of this.#films.values()) film.end();
    this.#films.clear();
    await this.#door.close();
  }
}

/** Answers for one request of a player. */
export async function serve(film: Pick<Film, 'size' | 'reader'>, type: string, port: MessagePort): Promise<void> {
  const reader = film.reader();
  port.onmessage = async ({ data }: MessageEvent<Question>) => {
    if (data.kind === 'over') {
      reader.end();
      port.close();
      return;
    }
    try {
      const bytes = (await reader.read(data.from, data.to)).slice(); // a copy: it is given away
      say(port, { kind: 'bytes', bytes: bytes.buffer }, [bytes.buffer]);
    } catch {
      say(port, { kind: 'failed' });
    }
  };
  try {
    say(port, { kind: 'is', size: await film.size(), type });
  } catch {
    say(port, { kind: 'failed' });
  }
}

function say(port: MessagePort, answer: Answer, given: Transferable[] = []): void {
  port.postMessage(answer, given);
}

/** Registering and starting it takes a fraction of a second, or does not come to an end. */
const OPEN_MILLIS = 5_000;

/** The door that the browser has. */
export class ServiceDoor implements Door {
  readonly root: string;
  readonly #container: ServiceWorkerContainer | undefined;
  readonly #register: () => Promise<ServiceWorkerRegistration | undefined>;

  /** `container` is undefined where the page did not come over a safe way. */
  constructor(
    root: string,
    container: ServiceWorkerContainer | undefined,
    register: () => Promise<ServiceWorkerRegistration | undefined>,
  ) {
    this.root = root;
    this.#container = container;
    this.#register = register;
  }

  async open(): Promise<boolean> {
    const limit = deferred<false>();
    const late = setTimeout(() => limit.resolve(false), OPEN_MILLIS);
    try {
      return await Promise.race([this.#controlled(), limit.promise]);
    } catch {
      return false; // a private window, or the person does not want it
    } finally {
      clearTimeout(late);
    }
  }

  hear(listener: (opening: Opening, port: MessagePort) => void): void {
    this.#container?.addEventListener('message', ({ data, ports: [port] }: MessageEvent<Opening>) => {
      if (data.kind === 'parley-stream' && port !== undefined) listener(data, port);
    });
    this.#container?.startMessages();
  }

  async close(): Promise<void> {
    const registration = await this.#container?.getRegistration(this.root).catch(() => undefined);
    if (registration?.scope === this.root) await registration.unregister();
  }

  async #controlled(): Promise<boolean> {
    const container = this.#container;
    if (container === undefined || (await this.#register()) === undefined) return false;
    if (container.controller !== null) return true;
    const controlled = new Promise<void>((resolve) =>
      container.addEventListener('controllerchange', () => resolve(), { once: true }),
    );
    const { active } = await container.ready;
    active?.postMessage(CLAIM); // a page that was loaded past it is not its own by itself
    if (container.controller === null) await controlled;
    return true;
  }
}
