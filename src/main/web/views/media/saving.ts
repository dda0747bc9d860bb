import { saveFile } from '../../actions/received.ts';
import { fileName, type MediaFile } from '../../media/files.ts';
import { showHint } from '../../store.ts';
import { whyNot } from './useFile.ts';

/** Where nothing shows how far it has come: only that it failed is told. */
export async function saveQuietly(conversation: string, file: MediaFile): Promise<void> {
  const watching = { signal: new AbortController().signal, onProgress: () => undefined };
  try {
    await saveFile(conversation, file, fileName(file), watching);
  } catch (problem) {
    showHint(whyNot(problem));
  }
}
