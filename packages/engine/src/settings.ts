import type { ReadSetting } from '@docusnap/contracts';

/** What the settings differ in. */
export interface Effort {
  /** Height of print, with its margins, in pixels of the first look, from which that look is enough. */
  readonly largePrint: number;
  /** Pixels a page is searched at, at most, where it is not. */
  readonly searchPixels: number;
  /** Width of a line's picture for its height, of what it measures on the page, where print is large: recognition takes time in proportion. */
  readonly largePrintAspect: number;
}

/** Pixels of the first look at a page, which tells how large its print is: an A4 page 630 pixels high. It has a fifth of the pixels of a full search. */
export const FIRST_LOOK_PIXELS = 630 * 445;

/** Page pixels from which the height of a line, with its margins, counts as large print: it holds more than the recogniser's 48 rows need. */
export const LARGE_PRINT = 28;

/**
 * `accurate` searches an A4 page 1,472 pixels high: at 960 the pairs found on noisy forms fell from .912 to .874, 1,920 finds little more for
 * almost twice the time. An area, not a side, so that long receipts keep their print as large as letters do.
 *
 * `fast` searches three fifths of that area, and squeezes lines of large print by a fifth; small print has no detail to spare (squeezed too, noisy
 * forms fell from .90 to .83 pair F1).
 */
export const EFFORTS: Readonly<Record<ReadSetting, Effort>> = {
  accurate: { largePrint: 16, searchPixels: 1472 * 1040, largePrintAspect: 1 },
  fast: { largePrint: 16, searchPixels: 1152 * 800, largePrintAspect: 0.8 },
};
