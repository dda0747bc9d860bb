import { useEffect, useState } from 'preact/hooks';
import { text } from '../strings.ts';

/** Light around it, without which no camera finds it. */
const BORDER = 4;

interface Drawn {
  readonly size: number;
  readonly path: string;
}

/** The dark squares as one path: one run of a row after the other. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  return rows
    .flatMap((row, y) =>
      row.flatMap((dark, x) => (dark && !row[x - 1] ? [`M${x} ${y}h${runFrom(row, x)}v1H${x}z`] : [])),
    )
    .join('');
}

function runFrom(row: readonly boolean[], x: number): number {
  const end = row.indexOf(false, x);
  return (end < 0 ? row.length : end) - x;
}

/** Fetched only where somebody looks at a number. */
async function draw(content: string): Promise<Drawn> {
  const { encode } = await import('uqr');
  const { data, size } = encode(content, { ecc: 'M', border: BORDER });
  return { size, path: pathOf(data) };
}

/** Always dark on white: not every camera reads it the other way round. */
export function QrCode({ content }: { readonly content: string }) {
  const [drawn, setDrawn] = useState<Drawn | undefined>(undefined);
  useEffect(() => {
    let isWanted = true;
    draw(content).then(
      (code) => isWanted && setDrawn(code),
      () => undefined, // the digits are enough
    );
    return () => {
      isWanted = false;
    };
  }, [content]);
  if (drawn === undefined) return <div class="qr" />;
  return (
    <svg class="qr" viewBox={`0 0 ${drawn.size} ${drawn.size}`} role="img" aria-label={text.safetyQr} focusable="false">
      <rect class="qr-ground" width={drawn.size} height={drawn.size} rx="3" />
      <path class="qr-dark" d={drawn.path} />
    </svg>
  );
}
