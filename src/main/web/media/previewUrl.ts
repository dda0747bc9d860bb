import { previewBlob } from './preview.ts';

export interface PreviewUrl {
  readonly url: string;
  /** It is not looked at any more. */
  end(): void;
}

/** Of the tiny picture in a message, for as long as it is drawn. */
export function previewUrl(preview: string | undefined): PreviewUrl | undefined {
  const blob = preview === undefined ? undefined : previewBlob(preview);
  if (blob === undefined) return undefined;
  const url = URL.createObjectURL(blob);
  return { url, end: () => URL.revokeObjectURL(url) };
}
