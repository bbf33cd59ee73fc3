import type { Frame } from './frame.ts';
import type { Outline } from './squares.ts';

/** The part of a box's inside that is ink: empty ones hold dirt, a fine tick covers a little more. */
const TICKED = 0.045;
/** Fewer pixels of ink are dirt, or an outline that is a little off, in however small a box. */
const LEAST_PIXELS = 4;
/** From here on there is no doubt. */
const SURELY_TICKED = 0.13;
/** Between the outline and what counts as inside there is this part of the width, for outlines are uneven. */
const MARGIN = 0.07;
/** A ring's inside is this part of its radius, to keep clear of its curve. */
const RING_INSIDE = 0.92;
/** An outline thicker than this part of the width is no outline: the box is filled. */
export const SOLID = 0.36;

export interface State {
  readonly checked: boolean;
  readonly score: number;
}

/** Whether there is something in a box, and how sure that is. */
export function stateOf(frame: Frame, outline: Outline): State {
  const ink = inkInside(frame, outline);
  const checked = ink >= TICKED;
  const doubt = checked ? (SURELY_TICKED - ink) / (SURELY_TICKED - TICKED) : ink / TICKED;
  const sure = 1 - Math.max(0, Math.min(1, doubt)) / 2;
  return { checked, score: Math.round(sure * (0.5 + outline.shown / 2) * 1000) / 1000 };
}

/** The part of the inside that is ink, 0..1; all of it where the box is filled. */
export function inkInside({ isInk }: Frame, { left, top, right, bottom, thickness, form }: Outline): number {
  const width = right - left;
  if (thickness >= SOLID * width) return 1;
  const inset = thickness + Math.max(1, Math.round(MARGIN * width));
  const [u, v] = [(left + right) / 2, (top + bottom) / 2];
  const reach = RING_INSIDE * (width / 2 - inset);
  let [ink, all] = [0, 0];
  for (let y = top + inset; y < bottom - inset; y += 1) {
    for (let x = left + inset; x < right - inset; x += 1) {
      if (form === 'ring' && Math.hypot(x + 0.5 - u, y + 0.5 - v) > reach) continue;
      all += 1;
      if (isInk(x, y)) ink += 1;
    }
  }
  return all === 0 || ink < LEAST_PIXELS ? 0 : ink / all;
}
