/** Sides of the tensor must be multiples of this: the detector halves its input five times. */
const STEP = 32;

/** Small pages are enlarged, for their print is small too; beyond this, print only gets blurred and larger than the detector knows. */
const MOST_ENLARGED = 2;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size, in whole steps, at which a page of this size is searched for text: never more than about `pixels` in all. A strip that is thinner than
 * one step is widened to it, and its length then bounded, or a picture of a million pixels by one would take gigabytes.
 */
export function workingSize({ width, height }: Size, pixels: number): Size {
  const scale = Math.min(MOST_ENLARGED, Math.sqrt(pixels / (width * height)));
  const longest = Math.floor(pixels / STEP / STEP) * STEP;
  return { width: Math.min(longest, inSteps(width * scale)), height: Math.min(longest, inSteps(height * scale)) };
}

function inSteps(side: number): number {
  return Math.max(STEP, Math.round(side / STEP) * STEP);
}
