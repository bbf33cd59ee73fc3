import type { Raster } from '@docusnap/engine';

/** Pixels from one to the next of those that are looked at first: a prime, so that no column is looked at twice in a row. */
const STRIDE = 1_009;

/**
 * The page in one channel where none of its pixels has a colour: many scanners and programs write grey pages as colours. It is a third of the memory
 * from then on, and what passes over all pixels takes half of the time. Pages in colour end at one of the first pixels.
 */
export function withoutColour(page: Raster): Raster {
  const { width, height, channels, data } = page;
  if (channels === 1) return page;
  const pixels = width * height;
  for (let at = 0; at < data.length; at += STRIDE * 3) {
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return page;
  }
  const grey = new Uint8Array(pixels);
  for (let pixel = 0, at = 0; pixel < pixels; pixel += 1, at += 3) {
    const level = data[at]!;
    if (level !== data[at + 1] || level !== data[at + 2]) return page;
    grey[pixel] = level;
  }
  return { width, height, channels: 1, data: grey };
}
