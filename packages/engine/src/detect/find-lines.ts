import type { Region } from '../geometry/region.ts';
import type { Session } from '../models.ts';
import { prepare, type Search } from '../prepare/prepare.ts';
import type { Raster } from '../raster.ts';
import { release } from '../release.ts';
import { type Effort, FIRST_LOOK_PIXELS, GOOD_PRINT, LEAST_PRINT } from '../settings.ts';
import { turnedSearch } from '../straighten/turned-search.ts';
import type { Quarter } from '../straighten/view.ts';
import { detect } from './detect.ts';
import { printHeight } from './print-height.ts';

/** The lines of a page, and the search they were found in. */
export interface FoundLines {
  readonly search: Search;
  readonly regions: Region[];
}

/**
 * Finds the lines of a page: at the first, small look where its print is large enough there, else at the size that its print
 * asks for. Larger print is not only found in less time so, but better: screens .976 > .979 pair F1, receipts .902 > .908 word F1.
 *
 * @param first the page prepared for the first look
 * @param quarter how far the print is turned clockwise: the page is searched with its print upright, and the lines are those of that view
 */
export async function findLines(
  detection: Session,
  page: Raster,
  first: Search,
  { searchPixels }: Effort,
  quarter: Quarter = 0,
): Promise<FoundLines> {
  const small = quarter === 0 ? first : turnedSearch(first, quarter);
  const regions = await detect(detection, small);
  const height = printHeight(regions) / Math.max(first.scaleX, first.scaleY);
  if (height >= LEAST_PRINT) return { search: small, regions };
  if (small !== first) release(small.input);
  const enough = FIRST_LOOK_PIXELS * (GOOD_PRINT / height) ** 2;
  const large = prepare(page, Math.min(searchPixels, enough));
  const search = quarter === 0 ? large : turnedSearch(large, quarter);
  if (search !== large) release(large.input);
  return { search, regions: await detect(detection, search) };
}
