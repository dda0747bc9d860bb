import type { DetailedError, Upload } from 'tus-js-client';
import type { Bytes } from '../crypto/bytes.ts';
import { NetworkProblem, RestProblem } from '../rest.ts';

// Uploads by tus 1.0 (docs/protocol.md, Media), with the tus project's own client. It is loaded when there is something to upload.

export interface WhatToUpload {
  readonly conversation: string;
  /** In bytes, and their SHA-256, base64url. */
  readonly size: number;
  readonly sha256: string;
  /** Declared where the server can see it anyway. */
  readonly type?: string | undefined;
  /** Where it was begun; without it, or where the server knows nothing of it any more, it begins. */
  readonly path: string | undefined;
  read(from: number, to: number): Promise<Bytes>;
}

export interface UploadPorts {
  readonly node: string;
  readonly signal: AbortSignal;
  /** Asked anew for each request: it lasts for minutes only. */
  token(): Promise<string>;
  /** It has begun: from here it can go on. */
  onPath(path: string): void;
  /** How many bytes the server has, or is being given. */
  onProgress(bytes: number): void;
}

/** Gives the upload's id. Fails with a RestProblem where the server refuses, with a NetworkProblem where it cannot be reached. */
export type Uploader = (what: WhatToUpload, ports: UploadPorts) => Promise<string>;

/** So much goes in one request: what a cut costs at most, and what is in memory at a time. */
const REQUEST_BYTES = 8_388_608;
/** All its bytes have come, and they are not those that were promised: nothing of it is kept. */
export const OTHER_BYTES = 460;

export const uploadByTus: Uploader = async (what, ports) => {
  const { Upload } = await import('tus-js-client');
  const { node, signal, onPath, onProgress } = ports;
  signal.throwIfAborted();
  return new Promise<string>((resolve, reject) => {
    const metadata = { conversation: what.conversation, sha256: what.sha256 };
    const upload: Upload = new Upload(new Blob(), {
      endpoint: `${node}/v1/media`,
      uploadUrl: what.path === undefined ? null : node + what.path,
      uploadSize: what.size,
      metadata: what.type === undefined ? metadata : { ...metadata, filetype: what.type },
      chunkSize: REQUEST_BYTES,
      retryDelays: null, // whoever asked knows when it is worth trying again, and where
      storeFingerprintForResuming: false,
      fileReader: {
        openFile: async () => ({
          size: what.size,
          slice: async (start, end) => {
            const to = Math.min(end, what.size);
            return { value: new Blob([await what.read(start, to)]), done: to === what.size };
          },
          close: () => {},
        }),
      },
      onBeforeRequest: async (request) => request.setHeader('Authorization', `Bearer ${await ports.token()}`),
      onUploadUrlAvailable: () => {
        if (upload.url !== null) onPath(new URL(upload.url).pathname);
      },
      onProgress: (bytes) => onProgress(bytes),
      onSuccess: () => resolve(new URL(upload.url ?? '', node).pathname.split('/').at(-1) ?? ''),
      onError: (problem) => reject(problemOf(problem)),
    });
    signal.addEventListener('abort', () => {
      void upload.abort();
      reject(signal.reason);
    });
    upload.start();
  });
};

function problemOf(problem: Error | DetailedError): unknown {
  if (!('originalResponse' in problem)) return problem; // what was to be uploaded could not be read
  const response = problem.originalResponse;
  if (response === null) return new NetworkProblem('the upload was cut off', { cause: problem });
  const { code, detail } = documentIn(response.getBody());
  const after = Number.parseInt(response.getHeader('Retry-After') ?? '', 10);
  return new RestProblem(response.getStatus(), code, detail, Number.isNaN(after) ? undefined : after);
}

/** A problem document (RFC 9457), where it is one. */
function documentIn(body: string): { readonly code: string; readonly detail: string } {
  try {
    const { code, detail } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return { code: typeof code === 'string' ? code : '', detail: typeof detail === 'string' ? detail : '' };
  } catch {
    return { code: '', detail: '' };
  }
}
