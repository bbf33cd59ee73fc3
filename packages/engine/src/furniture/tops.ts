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

/** Rows of ink that are at least `least`, which is 3 or more, and at most `most` long, with paper above. */
export function topsOf(
  { height, ink: { bits, stride }, isInk }: Frame,
  { least, most }: { least: number; most: number },
): Top[] {
  const tops: Top[] = [];
  for (let v = 0; v < height; v += 1) {
    const first = v * stride;
    let right = 0;
    for (let i = 0; i < stride; i += 1) {
      const word = bits[first + i]!;
      if (word === 0 || right >= (i + 1) * 32) continue;
      const next = i + 1 < stride ? bits[first + i + 1]! : 0;
      // Where three pixels of ink begin: most strokes of letters are thinner.
      let long = word & ((word >>> 1) | (next << 31)) & ((word >>> 2) | (next << 30));
      if (right > i * 32) long &= -1 << (right & 31);
      while (long !== 0) {
        const left = i * 32 + 31 - Math.clz32(long & -long);
        right = endOf(bits, first, { from: left, end: stride * 32 });
        long = right >= (i + 1) * 32 ? 0 : long & (-1 << (right & 31));
        if (right - left < least || right - left > most) continue;
        const top = { left, right: right - 1, v };
        if (isFreeAbove(isInk, top)) tops.push(top);
      }
    }
  }
  return tops;
}

/** The first pixel of a row, from `from` on, that is no ink; `first` is the row's first word. */
function endOf(bits: Int32Array, first: number, { from, end }: { from: number; end: number }): number {
  let word = from >> 5;
  let paper = ~bits[first + word]! & (-1 << (from & 31));
  while (paper === 0) {
    word += 1;
    if (word * 32 >= end) return end;
    paper = ~bits[first + word]!;
  }
  return word * 32 + 31 - Math.clz32(paper & -paper);
}

function isFreeAbove(isInk: Frame['isInk'], { left, right, v }: Top): boolean {
  let inked = 0;
  for (let i = 0; i < PROBES; i += 1) {
    if (isInk(Math.round(left + ((i + 0.5) * (right - left)) / PROBES), v - ABOVE)) inked += 1;
  }
  return inked <= 1;
}
