import type { ReadSetting } from '@docusnap/contracts';

/** What the settings differ in. */
export interface Effort {
  /** Pixels a page is searched at, at most, where its print is too small for the first look. */
  readonly searchPixels: number;
  /** Width of a line's picture for its height, of what it measures on the page, where print is large: recognition takes time in proportion. */
  readonly largePrintAspect: number;
}

/** Pixels of the first look at a page, which tells how large its print is: an A4 page 630 pixels high. It has a fifth of the pixels of a full search. */
export const FIRST_LOOK_PIXELS = 630 * 445;

/** Height of print, with its margins, in pixels of the first look, from which that look is enough. Below 14 noisy forms became worse (.939 > .912 pair F1). */
export const LEAST_PRINT = 17;

/**
 * The height at which smaller print is searched for, where the pixels of the setting allow. With 24 to 28 forms became worse (.784 > .770 to .780 word F1);
 * more, which is what those pixels allow pages of middling print, made receipts worse (.908 > .902) and took longer.
 */
export const GOOD_PRINT = 30;

/** Height of a line with its margins, in pixels of the page, from which its picture may be squeezed: smaller print has no detail to spare. */
export const LARGE_PRINT = 22;

/**
 * `accurate` searches an A4 page 1,472 pixels high: at 960 the pairs found on noisy forms fell from .912 to .874, 1,920 finds little more for
 * almost twice the time. An area, not a side, so that long receipts keep their print as large as letters do.
 *
 * `fast` searches three fifths of that area, and squeezes lines of large print by a quarter (all of them squeezed by a fifth, noisy forms fell from .90 to .83 pair F1).
 */
export const EFFORTS: Readonly<Record<ReadSetting, Effort>> = {
  accurate: { searchPixels: 1472 * 1040, largePrintAspect: 1 },
  fast: { searchPixels: 1152 * 800, largePrintAspect: 0.75 },
};
