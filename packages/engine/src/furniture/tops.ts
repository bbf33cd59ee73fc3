import type { Frame } from './frame.ts';

/** A row of ink with paper above it: the top of a box, a ring or a letter. `left` to `right` inclusive, in pixels of the frame. */
export interface Top {
  readonly left: number;
  readonly right: number;
  readonly v: number;
}

/** Paper is looked for so many pixels above: an outline that steps by a pixel has ink just above its own row. */
const ABOVE = 2;
/** Of so many places along a top, all but one are free above: a tick may run out there. */
const PROBES = 6;

/**
 * Rows of ink that are at least `least` and at most `most` long, with paper above. Only every `least`th pixel of a row is looked at, since no longer
 * run can lie between two of them.
 */
export function topsOf({ width, height, ink, isInk }: Frame, { least, most }: { least: number; most: number }): Top[] {
  const tops: Top[] = [];
  for (let v = 0; v < height; v += 1) {
    const [first, end] = [v * width, (v + 1) * width];
    for (let at = first + least - 1; at < end; at += least) {
      if (ink[at] === 0) continue;
      let left = at;
      while (left > first && ink[left - 1] === 1) left -= 1;
      let right = at;
      while (right + 1 < end && ink[right + 1] === 1) right += 1;
      // On to the last of the places looked at that lies in this run.
      at = right - ((right - first + 1) % least);
      const length = right - left + 1;
      if (length < least || length > most) continue;
      const top = { left: left - first, right: right - first, v };
      if (isFreeAbove(isInk, top)) tops.push(top);
    }
  }
  return tops;
}

function isFreeAbove(isInk: Frame['isInk'], { left, right, v }: Top): boolean {
  let inked = 0;
  for (let i = 0; i < PROBES; i += 1) {
    if (isInk(Math.round(left + ((i + 0.5) * (right - left)) / PROBES), v - ABOVE)) inked += 1;
  }
  return inked <= 1;
}
