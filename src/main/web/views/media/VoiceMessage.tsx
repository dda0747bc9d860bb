import { urlOf } from '../../actions/received.ts';
import { shownType } from '../../media/shown.ts';
import { FileCard } from './FileCard.tsx';
import type { FileProps } from './Files.tsx';
import { VoicePlayer } from './VoicePlayer.tsx';

const SILENT = '';

/** A voice note; one in a format that is not known to be sound is a file like any other. */
export function VoiceMessage(props: FileProps) {
  const { conversation, file, here, reachable } = props;
  const type = shownType(file);
  if (type === undefined) return <FileCard {...props} />;
  return (
    <VoicePlayer
      duration={file.duration ?? 0}
      waveform={file.waveform ?? SILENT}
      reachable={reachable}
      load={(signal) =>
        here === undefined
          ? urlOf(conversation, file, type, { signal, onProgress: () => undefined })
          : Promise.resolve(here)
      }
    />
  );
}
