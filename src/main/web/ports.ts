// What the engine needs of the world, given to it from outside: so tests run it with a clock, a server and locks of their own.

export interface Clock {
  /** Milliseconds since 1970, as well as this device knows. */
  now(): number;
  /** Runs once, later; the result takes it back. */
  after(millis: number, run: () => void): () => void;
}

/** As Math.random. */
export type Random = () => number;

/** At most one holder of each name in this browser. */
export interface Locks {
  hold<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export interface Socket {
  send(text: string): void;
  close(): void;
}

export interface SocketEvents {
  opened(): void;
  received(text: string): void;
  /** Once, whoever closed it. */
  closed(code: number): void;
}

/** `node`: its origin. */
export type OpenSocket = (node: string, events: SocketEvents) => Socket;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (millis, run) => {
    const timer = setTimeout(run, millis);
    return () => clearTimeout(timer);
  },
};

/** Where the page did not come over a safe way there are no locks: then only the server keeps two tabs apart (4409). */
export const webLocks: Locks = {
  hold: (name, work) => (isSecureContext ? navigator.locks.request(name, work) : work()),
};

export const webSocket: OpenSocket = (node, events) => {
  const socket = new WebSocket(`${node.replace(/^http/, 'ws')}/v1/ws`, 'parley.v1');
  socket.onopen = () => events.opened();
  socket.onmessage = ({ data }) => {
    if (typeof data === 'string') events.received(data);
  };
  socket.onclose = ({ code }) => events.closed(code);
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(1000),
  };
};
