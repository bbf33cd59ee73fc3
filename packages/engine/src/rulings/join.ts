import type { Axis } from './prove.ts';
import type { Stroke } from './rulings.ts';

/** Pieces of one stroke are apart by at most so many pixels, where letters, creases or a weak print break it ... */
const GAP = 26;
/** ... and by at most this part of what they are long together: the stems of letters in two lines are no stroke. */
const GAP_PART = 0.15;
/** And lie so near to one line, in pixels. */
const ASIDE = 2.2;

/** A stroke that has so many others beside it within so many pixels is part of a hatching or of a picture's grain. */
const HATCHED = 3;
const HATCHING = 14;

/** Those that do not make a hatching. */
export function withoutHatching(strokes: readonly Stroke[], axis: Axis): Stroke[] {
  const along = axis === 'horizontal' ? 0 : 1;
  return strokes.filter((stroke) => {
    const middle = (stroke.from[along] + stroke.to[along]) / 2;
    const across = acrossAt(stroke, middle, along);
    const beside = strokes.filter((other) => {
      if (other.from[along] > middle || other.to[along] < middle) return false;
      return Math.abs(acrossAt(other, middle, along) - across) < HATCHING;
    });
    return beside.length - 1 < HATCHED;
  });
}

/** Puts the pieces of broken strokes together, and drops what was found twice. */
export function joinStrokes(strokes: readonly Stroke[], axis: Axis): Stroke[] {
  const along = axis === 'horizontal' ? 0 : 1;
  const joined: Stroke[] = [];
  for (const stroke of [...strokes].sort((a, b) => a.from[along] - b.from[along])) {
    const index = joined.findLastIndex((other) => areOne(other, stroke, along));
    if (index < 0) joined.push(stroke);
    else joined[index] = together(joined[index]!, stroke, along);
  }
  return joined;
}

function areOne(a: Stroke, b: Stroke, along: 0 | 1): boolean {
  const gap = b.from[along] - a.to[along];
  const length = a.to[along] - a.from[along] + b.to[along] - b.from[along];
  if (gap > Math.min(GAP, GAP_PART * length)) return false;
  const meet = Math.min(Math.max(a.to[along], b.from[along]), b.to[along]);
  return Math.abs(acrossAt(a, meet, along) - acrossAt(b, meet, along)) <= ASIDE;
}

/** Where a stroke, or its line, lies across, at a place along. */
export function acrossAt({ from, to }: Stroke, at: number, along: 0 | 1): number {
  const across = along === 0 ? 1 : 0;
  const length = to[along] - from[along];
  return length > 0 ? from[across] + ((to[across] - from[across]) * (at - from[along])) / length : from[across];
}

function together(a: Stroke, b: Stroke, along: 0 | 1): Stroke {
  const [one, two] = [a.to[along] - a.from[along], b.to[along] - b.from[along]];
  const thickness = (a.thickness * one + b.thickness * two) / Math.max(1, one + two);
  return { from: a.from, to: b.to[along] > a.to[along] ? b.to : a.to, thickness };
}
