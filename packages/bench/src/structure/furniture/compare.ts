import type { Blank, Checkbox, PageText, Quad } from '@docusnap/contracts';
import type { DrawnForm } from '@docusnap/testing';

/** Of all that was drawn and all that was found. */
export interface Found {
  readonly drawn: number;
  readonly found: number;
  /** Found that was drawn there. */
  readonly right: number;
}

export interface FoundBoxes extends Found {
  /** Drawn boxes that were found in their state. */
  readonly rightState: number;
}

/** A box is found where its middle is off by at most this part of its side, and its side by at most that factor. */
const OFF = 0.25;
const FACTOR = 1.4;
/** A line to write on is found where at least this part of both lies on the other, and their feet differ by at most this part of the drawn room's height. */
const SHARED = 0.6;
const FOOT = 0.5;

export function compareCheckboxes({ checkboxes: drawn }: DrawnForm, { checkboxes: found = [] }: PageText): FoundBoxes {
  const free = new Set<Checkbox>(found);
  let [right, rightState] = [0, 0];
  for (const box of drawn) {
    const match = [...free].find(({ quad }) => isSameBox(box.quad, quad));
    if (match === undefined) continue;
    free.delete(match);
    right += 1;
    if (match.checked === box.checked) rightState += 1;
  }
  return { drawn: drawn.length, found: found.length, right, rightState };
}

export function compareBlanks({ blanks: drawn }: DrawnForm, { blanks: found = [] }: PageText): Found {
  const free = new Set<Blank>(found);
  let right = 0;
  for (const blank of drawn) {
    const match = [...free].find((other) => other.kind === blank.kind && isSameRoom(blank.quad, other.quad));
    if (match === undefined) continue;
    free.delete(match);
    right += 1;
  }
  return { drawn: drawn.length, found: found.length, right };
}

function isSameBox(a: Quad, b: Quad): boolean {
  const [[x0, y0], [x1, y1]] = [middleOf(a), middleOf(b)];
  const [one, two] = [sideOf(a), sideOf(b)];
  return Math.hypot(x1 - x0, y1 - y0) <= OFF * one && Math.max(one / two, two / one) <= FACTOR;
}

/** By their feet: how much room above a stroke is for writing is a matter of taste. */
function isSameRoom(a: Quad, b: Quad): boolean {
  const [[ax, ay], [bx, by]] = [a[3], a[2]];
  const length = Math.hypot(bx - ax, by - ay);
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
  const along = ([x, y]: Quad[number]) => (x - ax) * ux + (y - ay) * uy;
  const across = ([x, y]: Quad[number]) => (y - ay) * ux - (x - ax) * uy;
  const [start, end] = [along(b[3]), along(b[2])];
  const shared = Math.min(length, end) - Math.max(0, start);
  const height = Math.hypot(a[3][0] - a[0][0], a[3][1] - a[0][1]);
  return shared >= SHARED * Math.max(length, end - start) && Math.abs(across(b[3])) <= FOOT * height;
}

function middleOf(quad: Quad): [number, number] {
  return [quad.reduce((sum, [x]) => sum + x, 0) / 4, quad.reduce((sum, [, y]) => sum + y, 0) / 4];
}

function sideOf([a, b]: Quad): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}
