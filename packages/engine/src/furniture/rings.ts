import type { Frame } from './frame.ts';
import { exactAcross } from './inked.ts';
import type { Outline, Sizes } from './squares.ts';
import type { Top } from './tops.ts';

/** Directions in which a ring is looked at. */
const COMPASS = Array.from({ length: 24 }, (_, i) => {
  const turn = (i * 2 * Math.PI) / 24;
  return [Math.cos(turn), Math.sin(turn)] as const;
});
/** So many of them show the ring; so many may show ink just outside, where a tick runs out. */
const LEAST_SHOWN = 21;
const MOST_OUTSIDE = 5;
/** The ring of a letter is thicker for its size. */
const MOST_THICKNESS = 0.24;
/** Its outer edge is looked for so many pixels to both sides of where it is guessed. */
const EDGE = 3;
/** Opposite directions, of half as many as there are, in which a ring is equally wide. */
const LEAST_PAIRS = 9;
/** The top of a ring is so long for its diameter, at least and at most. */
const TOP = { least: 0.12, most: 0.75 };

/** Width and height of a ring differ by less than this part. */
const OVAL = 0.09;

/** The ring whose top this is, if it is one: the diameter is tried out. */
export function ringBelow(frame: Frame, { left, right, v }: Top, { least, most }: Sizes): Outline | undefined {
  const { isInk } = frame;
  const length = right - left + 1;
  const middle = (left + right + 1) / 2;
  const u = Math.floor(middle);
  const from = Math.max(least, Math.ceil(length / TOP.most));
  const to = Math.min(most, Math.floor(length / TOP.least));
  for (let size = to; size >= from; size -= 1) {
    if (!isInk(u, v + size - 1) || isInk(u, v + size + 1)) continue;
    if (!hasSides(frame, middle, v + size / 2, size / 2)) continue;
    const circle = circleAt(frame, middle, v + size / 2, size / 2);
    if (circle === undefined) continue;
    const ring = ringAt(frame, circle);
    if (ring === undefined) continue;
    const reach = Math.round(2 * circle.radius);
    const [x, y] = [Math.round(circle.u - circle.radius), Math.round(circle.v - circle.radius)];
    return { ...ring, left: x, right: x + reach, top: y, bottom: y + reach };
  }
  return undefined;
}

interface Circle {
  readonly u: number;
  readonly v: number;
  readonly radius: number;
}

function ringAt({ isInk }: Frame, { u, v, radius }: Circle): Pick<Outline, 'form' | 'thickness' | 'shown'> | undefined {
  const at = ([dx, dy]: readonly [number, number], r: number) => isInk(Math.floor(u + dx * r), Math.floor(v + dy * r));
  const near = (way: readonly [number, number]) =>
    at(way, radius - 1) || at(way, radius - 0.2) || at(way, radius - 1.9);
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

/** Whether there is ink on both sides where a circle's edge would be: next to none of the letters has it. */
function hasSides(frame: Frame, u: number, v: number, guess: number): boolean {
  const row = Math.floor(v);
  const near = guess - EDGE + 0.5;
  const far = guess + EDGE;
  return (
    exactAcross(frame, row, Math.floor(u + near), Math.floor(u + far)) > 0 &&
    exactAcross(frame, row, Math.floor(u - far), Math.floor(u - near)) > 0
  );
}

/**
 * The circle that most of the outer edge lies on, near the one guessed: top and sides alone are off by a pixel where the page is turned, blurred or
 * flattened. Opposite directions are looked at together: what they are apart is the diameter, wherever the middle is.
 */
function circleAt({ isInk }: Frame, u: number, v: number, guess: number): Circle | undefined {
  const edgeAt = (way: readonly [number, number]) => {
    for (let r = guess + EDGE; r > guess - EDGE; r -= 0.5) {
      if (isInk(Math.floor(u + way[0] * r), Math.floor(v + way[1] * r))) return r + 0.25;
    }
    return undefined;
  };
  const half = COMPASS.length / 2;
  const pairs: Chord[] = [];
  const most = Math.max(2, OVAL * 2 * guess);
  // Of those chords that count: they differ from the diameter, which differs from the guessed one.
  const furthest = most + Math.max(1.5, OVAL * (2 * guess + most));
  let fitting = 0;
  for (let i = 0; i < half; i += 1) {
    // Of letters too much is missing, or too far away, before all of it is looked at.
    if (i - fitting > half - LEAST_PAIRS) return undefined;
    const way = COMPASS[i]!;
    const one = edgeAt(way);
    const other = one === undefined ? undefined : edgeAt(COMPASS[i + half]!);
    if (one === undefined || other === undefined) continue;
    pairs.push({ dx: way[0], dy: way[1], width: one + other, off: (one - other) / 2 });
    if (Math.abs(one + other - 2 * guess) <= furthest) fitting += 1;
  }
  if (fitting < LEAST_PAIRS) return undefined;
  const diameter = pairs.map(({ width }) => width).sort((a, b) => a - b)[pairs.length >> 1]!;
  if (Math.abs(diameter - 2 * guess) > most) return undefined;
  const even = pairs.filter(({ width }) => Math.abs(width - diameter) <= Math.max(1.5, OVAL * diameter));
  if (even.length < LEAST_PAIRS) return undefined;
  if (isOval(even, diameter)) return undefined;
  const sum = (of: (pair: Chord) => number) => even.reduce((total, pair) => total + of(pair), 0);
  const [xx, yy, xy] = [sum(({ dx }) => dx * dx), sum(({ dy }) => dy * dy), sum(({ dx, dy }) => dx * dy)];
  const [x, y] = [sum(({ dx, off }) => dx * off), sum(({ dy, off }) => dy * off)];
  const spread = xx * yy - xy * xy;
  return { u: u + (x * yy - y * xy) / spread, v: v + (y * xx - x * xy) / spread, radius: diameter / 2 };
}

/** What lies between two opposite places of an edge: its direction, its length, and how far its middle is off. */
interface Chord {
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly off: number;
}

/** Whether the edge is taller than wide, as zeros are, or the other way round: by chords of which single ones are off by a pixel. */
function isOval(chords: readonly Chord[], diameter: number): boolean {
  const mean = (some: readonly Chord[]) => some.reduce((sum, { width }) => sum + width, 0) / Math.max(1, some.length);
  const across = mean(chords.filter(({ dx, dy }) => Math.abs(dx) > 1.5 * Math.abs(dy)));
  const down = mean(chords.filter(({ dx, dy }) => Math.abs(dy) > 1.5 * Math.abs(dx)));
  return Math.abs(across - down) > Math.max(1, OVAL * diameter);
}
