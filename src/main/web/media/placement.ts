// Where an enlarged picture lies in its window, reckoned from the middle of both.

export interface Placement {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** What the picture takes up when it is not enlarged, and what there is room for. */
export interface Room {
  readonly width: number;
  readonly height: number;
  readonly roomWidth: number;
  readonly roomHeight: number;
}

export const WHOLE: Placement = { scale: 1, x: 0, y: 0 };
export const SCALE_MAX = 8;

/** Enlarged by `factor`, so that what is at (`x`, `y`) stays there. */
export function zoomed(placement: Placement, factor: number, x: number, y: number, room: Room): Placement {
  const scale = Math.min(SCALE_MAX, Math.max(1, placement.scale * factor));
  const by = scale / placement.scale;
  return inside({ scale, x: x - (x - placement.x) * by, y: y - (y - placement.y) * by }, room);
}

export function moved(placement: Placement, x: number, y: number, room: Room): Placement {
  return inside({ ...placement, x: placement.x + x, y: placement.y + y }, room);
}

/** Not farther than its edges: what is smaller than the window stays in the middle. */
function inside({ scale, x, y }: Placement, { width, height, roomWidth, roomHeight }: Room): Placement {
  const right = Math.max(0, (width * scale - roomWidth) / 2);
  const down = Math.max(0, (height * scale - roomHeight) / 2);
  return { scale, x: between(x, right), y: between(y, down) };
}

function between(n: number, most: number): number {
  return most === 0 ? 0 : Math.max(-most, Math.min(most, n));
}
