// What goes between the test and its pages has to be JSON.

type Marked = { readonly $bytes: string } | { readonly $bigint: string };

export function print(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown): unknown => {
    if (part instanceof Uint8Array) return { $bytes: toBase64(part) } satisfies Marked;
    if (typeof part === 'bigint') return { $bigint: String(part) } satisfies Marked;
    return part;
  });
}

export function parse(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part;
    if ('$bytes' in part) return Uint8Array.from(atob(String(part.$bytes)), (character) => character.charCodeAt(0));
    if ('$bigint' in part) return BigInt(String(part.$bigint));
    return part;
  });
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
