/** Sides of the tensor must be multiples of this: the detector halves its input five times. */
const STEP = 32;

/**
 * Pixels a page is searched at: an A4 page 1,472 pixels high. Smaller loses small print (at 960 the pairs found on noisy forms
 * fell from .912 to .874), 1,920 finds little more for almost twice the time. An area, not a side, so that long receipts keep their
 * print as large as letters do.
 */
const PIXELS = 1472 * 1040;

/** Small pages are enlarged, for their print is small too; beyond this, print only gets blurred and larger than the detector knows. */
const MOST_ENLARGED = 2;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size, in whole steps, at which a page of this size is searched for text: never more than about PIXELS in all. A strip that is thinner than
 * one step is widened to it, and its length then bounded, or a picture of a million pixels by one would take gigabytes.
 */
export function workingSize({ width, height }: Size): Size {
  const scale = Math.min(MOST_ENLARGED, Math.sqrt(PIXELS / (width * height)));
  const longest = Math.floor(PIXELS / STEP / STEP) * STEP;
  return { width: Math.min(longest, inSteps(width * scale)), height: Math.min(longest, inSteps(height * scale)) };
}

function inSteps(side: number): number {
  return Math.max(STEP, Math.round(side / STEP) * STEP);
}
