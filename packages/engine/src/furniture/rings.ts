import type { Frame } from './frame.ts';
import type { Outline, Sizes } from './squares.ts';
import type { Top } from './tops.ts';

/** Directions in which a ring is looked at; the first four are tried first. */
const COMPASS = Array.from({ length: 24 }, (_, i) => {
  const turn = (i * 2 * Math.PI) / 24;
  return [Math.cos(turn), Math.sin(turn)] as const;
});
/** So many of them show the ring; so many may show ink just outside, where a tick runs out. */
const LEAST_SHOWN = 21;
const MOST_OUTSIDE = 5;
/** The ring of a letter is thicker for its size. */
const MOST_THICKNESS = 0.24;
/** The top of a ring is so long for its diameter, at least and at most. */
const TOP = { least: 0.12, most: 0.75 };

/** Width and height of a ring differ by less than this part. */
const OVAL = 0.09;

/** The ring whose top this is, if it is one: the diameter is tried out. */
export function ringBelow(frame: Frame, { left, right, v }: Top, { least, most }: Sizes): Outline | undefined {
  const { isInk } = frame;
  const length = right - left + 1;
  const middle = (left + right) / 2;
  const u = Math.round(middle);
  const from = Math.max(least, Math.ceil(length / TOP.most));
  const to = Math.min(most, Math.floor(length / TOP.least));
  for (let size = to; size >= from; size -= 1) {
    if (!isInk(u, v + size - 1) || isInk(u, v + size + 1)) continue;
    const sides = sidesAt(frame, middle, v + (size >> 1), size);
    if (sides === undefined) continue;
    const across = sides.right - sides.left;
    if (Math.abs(across - size) > Math.max(2, OVAL * size)) continue;
    const ring = ringAt(frame, (sides.left + sides.right) / 2, v + size / 2, (across + size) / 4);
    if (ring !== undefined) return { ...ring, ...sides, top: v, bottom: v + size };
  }
  return undefined;
}

/** The outer edges of a ring at the height of its middle; right exclusive. */
function sidesAt(
  { isInk }: Frame,
  middle: number,
  v: number,
  size: number,
): { left: number; right: number } | undefined {
  const room = Math.ceil(0.1 * size) + 2;
  let left = Math.round(middle - size / 2) - room;
  let right = Math.round(middle + size / 2) + room;
  const [lastLeft, lastRight] = [left + 2 * room, right - 2 * room];
  while (left < lastLeft && !isInk(left, v) && !isInk(left, v + 1)) left += 1;
  while (right > lastRight && !isInk(right, v) && !isInk(right, v + 1)) right -= 1;
  return left < lastLeft && right > lastRight ? { left, right: right + 1 } : undefined;
}

function ringAt(
  frame: Frame,
  u: number,
  v: number,
  radius: number,
): Pick<Outline, 'form' | 'thickness' | 'shown'> | undefined {
  const { isInk } = frame;
  const at = ([dx, dy]: readonly [number, number], r: number) => isInk(Math.floor(u + dx * r), Math.floor(v + dy * r));
  const near = (way: readonly [number, number]) =>
    at(way, radius - 1) || at(way, radius - 0.2) || at(way, radius - 1.9);
  if (!near(COMPASS[0]!) || !near(COMPASS[12]!) || !near(COMPASS[3]!) || !near(COMPASS[9]!)) return undefined;
  const shown = COMPASS.filter(near).length;
  if (shown < LEAST_SHOWN || COMPASS.filter((way) => at(way, radius + 2)).length > MOST_OUTSIDE) return undefined;
  const depths = COMPASS.map((way) => {
    let r = at(way, radius - 0.5) ? radius - 0.5 : radius - 1.5;
    while (r > 0 && at(way, r)) r -= 1;
    return radius - r;
  }).sort((a, b) => a - b);
  const thickness = Math.max(1, Math.round(depths[Math.floor(depths.length * 0.4)]! - 0.5));
  const isSolid = thickness > radius * 0.8;
  if (!isSolid && thickness > MOST_THICKNESS * 2 * radius) return undefined;
  return { form: 'ring', thickness, shown: shown / COMPASS.length };
}
