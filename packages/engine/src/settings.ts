import type { ReadSetting } from '@docusnap/contracts';
import type { LetterSteps } from './recognise/aspect.ts';

/** What the settings differ in. */
export interface Effort {
  /** Pixels a page is searched at, at most, where its print is too small for the first look. */
  readonly searchPixels: number;
  /** How narrow lines may be pictured. */
  readonly steps: LetterSteps;
  /** Crowded lines that were read less surely than this are read once more. */
  readonly sure: number;
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

/**
 * `accurate` searches an A4 page 1,472 pixels high: at 960 the pairs found on noisy forms fell from .912 to .874, 1,920 finds little more for
 * almost twice the time. An area, not a side, so that long receipts keep their print as large as letters do. `fast` searches three fifths of that area.
 *
 * The steps of `accurate` make the pictures of lines a tenth to a seventh narrower than lines are, and receipts are read better (.908 > .912 word F1); with 2
 * letters fell from .956 to .951. With 1.8 `fast` reads them at .933, with 1.6 at .895; with less than .85 asked of crowded lines forms fell from .924 to .914 pair F1,
 * with .9 two to four hundredths more are read.
 */
export const EFFORTS: Readonly<Record<ReadSetting, Effort>> = {
  accurate: { searchPixels: 1472 * 1040, steps: { letter: 2.2, square: 5 }, sure: 0.95 },
  fast: { searchPixels: 1152 * 800, steps: { letter: 1.8, square: 3.4 }, sure: 0.85 },
};
