import { deferred } from './deferred.ts';
import { answerOf, nothing } from './streamAnswer.ts';
import { CLAIM, idIn, type Opening } from './streamProtocol.ts';

// The service worker. It lets a player have a file while it loads, by asking the page that plays it for one part after the other. It
// holds nothing, stores nothing and asks no server; everything that is not an address of its own goes past it to the network, so that a
// new version of the page is seen as if it were not there.

const worker = globalThis as unknown as ServiceWorkerGlobalScope;

interface Installing extends ExtendableEvent {
  /** Where the browser can do that, it does not even start this worker for other addresses. */
  addRoutes?(routes: readonly { readonly condition: unknown; readonly source: string }[]): Promise<void>;
}

worker.addEventListener('install', (event: Installing) => {
  const { scope } = worker.registration;
  const routed = event.addRoutes?.([
    { condition: { urlPattern: `${scope}stream/*` }, source: 'fetch-event' },
    { condition: { urlPattern: `${scope}*` }, source: 'network' },
  ]);
  event.waitUntil(Promise.allSettled([routed, worker.skipWaiting()]));
});

worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('message', (event) => {
  if (event.data === CLAIM) event.waitUntil(worker.clients.claim());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const id = idIn(request.url, worker.registration.scope);
  if (id === undefined) return;
  const over = deferred<void>();
  event.respondWith(answer(event, id, () => over.resolve()));
  event.waitUntil(over.promise); // the worker is not idle as long as something is played
});

/** A player's request, or one that a page makes itself. Nobody opens such an address as a page. */
async function answer({ request, clientId }: FetchEvent, id: string, over: () => void): Promise<Response> {
  const isPlayer = ['video', 'audio', ''].includes(request.destination) && request.mode !== 'navigate';
  const page = isPlayer && request.method === 'GET' && clientId !== '' ? await worker.clients.get(clientId) : undefined;
  if (page === undefined) {
    over();
    return nothing(404);
  }
  const { port1: port, port2 } = new MessageChannel();
  page.postMessage({ kind: 'parley-stream', id } satisfies Opening, [port2]);
  return answerOf({
    range: request.headers.get('Range') ?? undefined,
    port,
    isThere: async () => (await worker.clients.get(clientId)) !== undefined,
    over,
  });
}
