import type { Bounds } from '../geometry/bounds.ts';
import type { Frame } from './frame.ts';
import { exactAcross, exactDown, isNear, isNearAcross, partAcross, partDown } from './inked.ts';
import type { Top } from './tops.ts';

/** A box or a ring of ink: its outer bounds in pixels of the frame, right and bottom exclusive, and how thick its outline is. */
export interface Outline extends Bounds {
  readonly form: 'square' | 'ring';
  readonly thickness: number;
  /** Part of the outline that is there, 0..1. */
  readonly shown: number;
}

/** Sides in pixels. */
export interface Sizes {
  readonly least: number;
  readonly most: number;
}

/** A top is longer than the sides may be by at most this factor, where a tick runs out beside it: longer ones are rules. */
const LONGEST_TOP = 1.2;
/** Pixels that an outline may be interrupted over. */
const BREAK = 5;
/** Of each side so much shows; scans break fine outlines. */
const LEAST_SHOWN = 0.8;
/** A break of so many pixels is allowed in any side. */
const SMALL_BREAK = 3;
/** Of all sides together. */
const LEAST_SHOWN_TOGETHER = 0.88;
/** A side keeps this part of its length from the corners, which may be round, when it is measured. */
const CORNER = 0.14;
/** On the diagonal from a corner ink comes within this part of the width: a round corner of a sixth of the width needs .06, a ring .15. */
const ROUND = 0.085;
/** Along a side, but for its ends, ink begins within a pixel of its edge at this part of the places. */
const END = 0.1;
const OFF_LEVEL = 1;
const LEVEL_PART = 0.8;
/** Near both ends, over this part of the length, it does so too, but for some of the eight places: there letters bend away. */
const ZONE = 0.11;
const ZONE_PART = 0.6;
const MOST_RECEDING = 2;
/** Rows that close a box equally well differ by less, in pixels, in how much of its sides shows above them: round corners leave the sides. */
const SAME_SHOWN = 3.5;
/** Below a row of ink inside of a box its sides go on: they show at this part of the next rows. */
const LEAST_ON = 0.4;
/** So much of the width may the foot of a box be thick below where its sides end. */
const FOOT = 0.08;
/** Height over width. */
const MOST_OBLONG = 1.28;
/** A side may lie so much of the width outside of the top's ends, where corners are round, ... */
const OUTSIDE = 0.2;
/** ... and so much inside, where a tick runs out beside a corner. */
const INSIDE = 0.3;
/** Ink beside a side, as part of its length: of one side, where a tick runs out, and of all together. */
const MOST_BESIDE = 0.42;
const MOST_BESIDE_TOGETHER = 0.75;
/** A stroke that goes on behind a corner over this part of a side belongs to a table, a letter or a row of boxes. */
const GOES_ON = 0.3;
const MOST_GOING_ON = 1;

/** The upright box whose top this is, if it is one: over breaks of its top, or as it is, where a label stands no further away than a break is wide. */
export function squareBelow(frame: Frame, top: Top, sizes: Sizes): Outline | undefined {
  const whole = mended(frame, top, sizes.most);
  const found = squareUnder(frame, whole, sizes);
  if (found !== undefined || (whole.left === top.left && whole.right === top.right)) return found;
  return squareUnder(frame, top, sizes);
}

function squareUnder(frame: Frame, { left, right, v }: Top, { least, most }: Sizes): Outline | undefined {
  const length = right - left + 1;
  if (length < least * 0.6 || length > most * LONGEST_TOP) return undefined;
  const guess = Math.max(least, length);
  const leftSide = sideNear(frame, left, v, guess, -1);
  if (leftSide === undefined) return undefined;
  const rightSide = sideNear(frame, right, v, guess, 1);
  if (rightSide === undefined) return undefined;
  const width = rightSide - leftSide + 1;
  if (width < least || width > most) return undefined;
  const bottom = bottomOf(frame, leftSide, rightSide, v);
  if (bottom === undefined) return undefined;
  const box = trimmed(frame, { left: leftSide, top: v, right: rightSide + 1, bottom: bottom + 1 });
  const shown = shownOf(frame, box);
  if (shown === undefined || !hasCorners(frame, box) || !isStraight(frame, box) || !standsAlone(frame, box))
    return undefined;
  return { ...box, form: 'square', thickness: thicknessOf(frame, box), shown };
}

/** The same top over its breaks. */
function mended(frame: Frame, { left, right, v }: Top, most: number): Top {
  const reach = (end: number, way: -1 | 1) => {
    let last = end;
    for (let u = end + way; Math.abs(u - last) <= BREAK && Math.abs(u - end) < most; u += way) {
      if (isNearAcross(frame, u, v)) last = u;
    }
    return last;
  };
  return { left: reach(left, -1), right: reach(right, 1), v };
}

/** The column near an end of a top, nearest to it, that is ink downwards. `outwards` is the direction that leads away from the top's middle. */
function sideNear(frame: Frame, end: number, v: number, guess: number, outwards: -1 | 1): number | undefined {
  const outside = Math.max(1, Math.round(OUTSIDE * guess));
  const inside = Math.round(INSIDE * guess);
  const depth = Math.round(guess * 0.75);
  for (let i = 0; i <= Math.max(outside, inside); i += 1) {
    if (i <= inside && isSide(frame, end - outwards * i, v, depth, guess))
      return outermost(frame, end - outwards * i, v, depth, outwards);
    if (i > 0 && i <= outside && isSide(frame, end + outwards * i, v, depth, guess))
      return outermost(frame, end + outwards * i, v, depth, outwards);
  }
  return undefined;
}

function isSide(frame: Frame, u: number, v: number, depth: number, guess: number): boolean {
  const from = v + Math.round(CORNER * guess);
  // Three places first: next to none passes.
  const middle = (from + v + depth) >> 1;
  let hits = 0;
  if (isNear(frame, u, middle)) hits += 1;
  if (isNear(frame, u, middle + 2)) hits += 1;
  if (isNear(frame, u, v + depth)) hits += 1;
  if (hits < 2) return false;
  return partDown(frame, u, from, v + depth) >= LEAST_SHOWN;
}

/** From a column near a side, the outermost that is ink itself for half of its length. */
function outermost(frame: Frame, near: number, v: number, depth: number, outwards: -1 | 1): number {
  const from = v + 2;
  const parts = [near - 1, near, near + 1].map((u) => exactDown(frame, u, from, v + depth));
  let u = near - 1 + parts.indexOf(Math.max(...parts));
  while (Math.abs(u - near) < 12 && exactDown(frame, u + outwards, from, v + depth) >= 0.5) u += outwards;
  return u;
}

/** The lowest row that closes the sides; both go down to it. */
function bottomOf(frame: Frame, left: number, right: number, v: number): number | undefined {
  const width = right - left + 1;
  const corner = Math.round(CORNER * width);
  const [first, last] = [v + Math.floor(width / MOST_OBLONG) - 1, v + Math.ceil(width * MOST_OBLONG) - 1];
  let best: { row: number; shown: number } | undefined;
  for (let row = first; row <= last; row += 1) {
    if (exactAcross(frame, row, left + corner, right - corner) < 0.5) continue;
    const shown = Math.min(partDown(frame, left, v + corner, row - 1), partDown(frame, right, v + corner, row - 1));
    // The stroke of a row of a table, close below, is none: the sides end above it.
    if (best !== undefined && row > best.row + 1) {
      const [next, end] = [best.row + 1, Math.min(row - 1, best.row + 2)];
      if ([left, right].some((u) => partDown(frame, u, next, end) < LEAST_ON)) continue;
    }
    // Of a filled box every row is one; below it both sides end.
    if (shown >= LEAST_SHOWN && shown >= (best?.shown ?? 0) - SAME_SHOWN / width)
      best = { row, shown: Math.max(shown, best?.shown ?? 0) };
  }
  if (best === undefined) return undefined;
  // Sides bend away above the foot of a round box, whose outline may be thick.
  let { row } = best;
  const lowest = row + Math.max(2, Math.round(FOOT * width));
  while (row < lowest && exactAcross(frame, row + 1, left + corner, right - corner) >= 0.5) row += 1;
  return row;
}

/** The same box without a first row that is only a spur of its outline. */
function trimmed(frame: Frame, box: Bounds): Bounds {
  const { left, right } = box;
  const corner = Math.round(CORNER * (right - left));
  let top = box.top;
  while (top < box.top + 2 && exactAcross(frame, top, left + corner, right - 1 - corner) < 0.4) top += 1;
  return { ...box, top };
}

/** How much of the outline shows; undefined where a side has too little. */
function shownOf(frame: Frame, { left, top, right, bottom }: Bounds): number | undefined {
  const [cu, cv] = [Math.round(CORNER * (right - left)), Math.round(CORNER * (bottom - top))];
  const sides = [
    partAcross(frame, top, left + cu, right - 1 - cu),
    partAcross(frame, bottom - 1, left + cu, right - 1 - cu),
    partDown(frame, left, top + cv, bottom - 1 - cv),
    partDown(frame, right - 1, top + cv, bottom - 1 - cv),
  ];
  const together = sides.reduce((sum, part) => sum + part, 0) / 4;
  // Of a small box a break of a few pixels is a large part of a side.
  const inner = right - left - 2 * cu;
  const least = Math.min(LEAST_SHOWN, 1 - SMALL_BREAK / inner);
  return Math.min(...sides) >= least && together >= LEAST_SHOWN_TOGETHER ? together : undefined;
}

/** Whether the first ink from outside lies level along each side up to its ends, where that of a letter recedes; an outline may break at some places. */
function isStraight({ isInk }: Frame, { left, top, right, bottom }: Bounds): boolean {
  const [width, height] = [right - left, bottom - top];
  const deep = Math.max(OFF_LEVEL, Math.round(width * 0.03));
  const sides = [
    [left, top, 1, 0, 0, 1, width],
    [left, bottom - 1, 1, 0, 0, -1, width],
    [left, top, 0, 1, 1, 0, height],
    [right - 1, top, 0, 1, -1, 0, height],
  ] as const;
  let receding = 0;
  for (const [u, v, alongU, alongV, inU, inV, length] of sides) {
    const isLevel = (i: number) => {
      for (let depth = -1; depth <= deep; depth += 1) {
        if (isInk(u + alongU * i + inU * depth, v + alongV * i + inV * depth)) return true;
      }
      return false;
    };
    const part = (from: number, to: number) => {
      let level = 0;
      for (let i = from; i < to; i += 1) if (isLevel(i)) level += 1;
      return level / Math.max(1, to - from);
    };
    const [start, next] = [Math.round(length * END), Math.round(length * END) + Math.max(2, Math.round(length * ZONE))];
    if (part(start, length - start) < LEVEL_PART) return false;
    if (part(start, next) < ZONE_PART) receding += 1;
    if (part(length - next, length - start) < ZONE_PART) receding += 1;
  }
  return receding <= MOST_RECEDING;
}

/** Whether the outline turns at its corners, where a letter bends: seen from each corner along the diagonal, ink comes soon. */
function hasCorners({ isInk }: Frame, { left, top, right, bottom }: Bounds): boolean {
  const reach = Math.max(1, Math.round(ROUND * (right - left)));
  const corners = [
    [left, top, 1, 1],
    [right - 1, top, -1, 1],
    [left, bottom - 1, 1, -1],
    [right - 1, bottom - 1, -1, -1],
  ] as const;
  return corners.every(([u, v, du, dv]) => {
    for (let i = 0; i <= reach; i += 1) if (isInk(u + du * i, v + dv * i)) return true;
    return false;
  });
}

/** Paper around it, but for where a tick runs out; no stroke goes on behind its corners. */
function standsAlone(frame: Frame, { left, top, right, bottom }: Bounds): boolean {
  const [width, height] = [right - left, bottom - top];
  const [cu, cv] = [Math.round(CORNER * width), Math.round(CORNER * height)];
  // The row next to an outline may be its blur.
  const off = 2;
  const beside = [
    exactAcross(frame, top - 1 - off, left + cu, right - 1 - cu),
    exactAcross(frame, bottom + off, left + cu, right - 1 - cu),
    exactDown(frame, left - 1 - off, top + cv, bottom - 1 - cv),
    exactDown(frame, right + off, top + cv, bottom - 1 - cv),
  ];
  if (Math.max(...beside) > MOST_BESIDE || beside.reduce((sum, part) => sum + part, 0) > MOST_BESIDE_TOGETHER)
    return false;
  const far = Math.max(3, Math.round(GOES_ON * width));
  const down = Math.max(3, Math.round(GOES_ON * height));
  const on = [
    partAcross(frame, top + 1, left - off - far, left - off),
    partAcross(frame, bottom - 2, left - off - far, left - off),
    partAcross(frame, top + 1, right + off - 1, right + off - 1 + far),
    partAcross(frame, bottom - 2, right + off - 1, right + off - 1 + far),
    partDown(frame, left + 1, top - off - down, top - off),
    partDown(frame, right - 2, top - off - down, top - off),
    partDown(frame, left + 1, bottom + off - 1, bottom + off - 1 + down),
    partDown(frame, right - 2, bottom + off - 1, bottom + off - 1 + down),
  ];
  return on.filter((part) => part >= 0.8).length <= MOST_GOING_ON;
}

/** Pixels of ink from the outside inwards, at the middle one of several places: at some of them a tick may begin. */
function thicknessOf({ isInk }: Frame, { left, top, right, bottom }: Bounds): number {
  const depths: number[] = [];
  const [width, height] = [right - left, bottom - top];
  const walk = (u: number, v: number, du: number, dv: number, most: number) => {
    // An outline that steps may begin one pixel further in.
    let at = isInk(u, v) ? 0 : 1;
    while (at < most && isInk(u + du * at, v + dv * at)) at += 1;
    depths.push(at);
  };
  for (let i = 1; i <= 5; i += 1) {
    const [u, v] = [left + Math.round((width * i) / 6), top + Math.round((height * i) / 6)];
    walk(u, top, 0, 1, height);
    walk(u, bottom - 1, 0, -1, height);
    walk(left, v, 1, 0, width);
    walk(right - 1, v, -1, 0, width);
  }
  depths.sort((a, b) => a - b);
  return Math.max(1, depths[Math.floor(depths.length * 0.4)]!);
}
