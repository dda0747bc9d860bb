import type { Body } from './model.ts';

// How the stores of the browser have what people said: sealed, so that a copy of its files is of no use elsewhere. Whoever only has
// to know what kind of entry it is finds that beside it, without opening.

/** `kind`: the type of the body inside. `bytes`: the nonce, then the body and its tag. What comes as JSON cannot look like this. */
export interface SealedBody extends Body {
  readonly type: 'sealed';
  readonly kind: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function isSealed(body: Body): body is SealedBody {
  return body.type === 'sealed' && ArrayBuffer.isView(body['bytes']);
}

/** The type, whether it is sealed or not. */
export function kindOf(body: Body): string {
  return isSealed(body) ? body.kind : body.type;
}
