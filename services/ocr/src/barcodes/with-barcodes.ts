import { AppError, type PageText } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import type { Stopwatch } from '../reader/stopwatch.ts';
import { readBarcodes } from './read-barcodes.ts';

/**
 * The same page with its barcodes, their quads in its own pixels. The time goes to the stage `barcodes`.
 *
 * Codes are extra: where the library breaks on a page, its text is kept, and it says that nobody looked, by having no `barcodes`; an empty list would
 * say that there are none. The time then goes to `barcodes_failed`, which the page's stages and the metrics show. A search that does not end is ended
 * with its reader like any other.
 *
 * @param pixels the whole page, in the space of its PageText
 * @throws AppError where the page cannot be rendered
 */
export async function withBarcodes(page: PageText, watch: Stopwatch, pixels: () => Promise<Raster>): Promise<PageText> {
  try {
    const barcodes = await readBarcodes(await pixels());
    watch.lap('barcodes');
    return { ...page, barcodes };
  } catch (error) {
    if (error instanceof AppError) throw error;
    watch.lap('barcodes_failed');
    return page;
  }
}
