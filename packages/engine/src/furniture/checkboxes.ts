import type { Checkbox } from '@docusnap/contracts';
import type { Frame } from './frame.ts';
import { withoutLookalikes } from './likeness.ts';
import type { Print } from './print.ts';
import { ringBelow } from './rings.ts';
import { type Outline, type Sizes, squareBelow } from './squares.ts';
import { SOLID, stateOf } from './state.ts';
import { topsOf } from './tops.ts';

/** Width of a box for the height of print, at least and at most; a line's height is somewhat more than that of its letters. */
const WIDTH = { least: 0.38, most: 2.6 };
/** A ring that is smaller is a bullet or a degree sign. */
const LEAST_RING = 0.48;
/** Below this many pixels nothing can be told inside of a box; above, it is a box to write in. */
const PIXELS = { least: 7, most: 200 };
/** Below this many a ring is not told from a zero. */
const LEAST_RING_PIXELS = 10;
/** Where outlines are broken their top is shorter than they are wide, by this factor. */
const BROKEN = 0.45;
/** A box in a box, whose widths are so near, is drawn with a double outline: what lies inside of the inner one counts. */
const DOUBLE = 0.6;

/** The boxes and round buttons to tick of a page, from top to bottom, with their state. */
export function findCheckboxes(frame: Frame, print: Print): Checkbox[] {
  const { small, large } = print.heights;
  const most = Math.min(PIXELS.most, Math.round(WIDTH.most * large));
  const squares: Sizes = { least: Math.max(PIXELS.least, Math.round(WIDTH.least * small)), most };
  const rings: Sizes = { least: Math.max(LEAST_RING_PIXELS, Math.round(LEAST_RING * small)), most };
  const least = Math.max(3, Math.floor(squares.least * BROKEN));
  const found: Outline[] = [];
  for (const top of topsOf(frame, { least, most })) {
    const outline = squareBelow(frame, top, squares) ?? ringBelow(frame, top, rings);
    if (outline !== undefined) found.push(outline);
  }
  return withoutLookalikes(frame, distinct(found), print).map((outline) => ({
    quad: frame.quadOf(outline),
    ...stateOf(frame, outline),
  }));
}

/** Of outlines found several times the one that shows best; of those in one another the outer one, unless it is the outer of a double outline. */
function distinct(outlines: readonly Outline[]): Outline[] {
  const kept: Outline[] = [];
  for (const outline of [...outlines].sort((a, b) => b.shown - a.shown || areaOf(b) - areaOf(a))) {
    const rivals = kept.filter((other) => overlapOf(other, outline) > 0);
    if (!rivals.every((other) => isInside(other, outline) && !isDouble(other, outline))) {
      const [rival] = rivals;
      if (rivals.length !== 1 || !isDouble(outline, rival!)) continue;
    }
    for (const rival of rivals) kept.splice(kept.indexOf(rival), 1);
    kept.push(outline);
  }
  return kept.sort((a, b) => a.top - b.top || a.left - b.left);
}

function isInside(inner: Outline, outer: Outline): boolean {
  return inner.left > outer.left && inner.top > outer.top && inner.right < outer.right && inner.bottom < outer.bottom;
}

/** Whether two outlines are the one of a box that is drawn twice, both around the same middle. */
function isDouble(inner: Outline, outer: Outline): boolean {
  const width = inner.right - inner.left;
  const room = [inner.left - outer.left, inner.top - outer.top, outer.right - inner.right, outer.bottom - inner.bottom];
  const isEven = Math.max(...room) - Math.min(...room) <= 2 && Math.min(...room) >= outer.thickness + 1;
  return isEven && inner.thickness < SOLID * width && width >= DOUBLE * (outer.right - outer.left);
}

function areaOf({ left, top, right, bottom }: Outline): number {
  return (right - left) * (bottom - top);
}

function overlapOf(a: Outline, b: Outline): number {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 0 && down > 0 ? across * down : 0;
}
