export function ChatViewer(_: { readonly conversation: string; readonly messageKey: string; readonly at: number }) {
  return null;
}
