import { cutLong } from '../detect/cut-long.ts';
import { type FoundLines, findLines } from '../detect/find-lines.ts';
import type { Region } from '../geometry/region.ts';
import type { Models } from '../models.ts';
import type { Asked } from '../orient/orient.ts';
import type { Search } from '../prepare/prepare.ts';
import type { Raster } from '../raster.ts';
import { release } from '../release.ts';
import type { Effort } from '../settings.ts';
import { joinColumns } from '../stacked/join.ts';
import { stanceOf } from './quarter.ts';
import { type Quarter, throughView, viewOf } from './view.ts';

/** Lines of print found with the print upright, as regions of the page as delivered, each along the page's print, and none too long to be read. */
export interface Straight {
  readonly regions: readonly Region[];
  readonly quarter: Quarter;
  /** Whether most of the print stands in columns of upright letters. */
  readonly columns: boolean;
  readonly asked: readonly Asked[];
}

/** What a page is searched again with. */
export interface Looks {
  /** The page prepared for the first look. */
  readonly first: Search;
  readonly effort: Effort;
}

/**
 * Searches a page that turns out to be turned once more, upright: on a turned page the detector finds lines worse (word F1 of letters .937 >
 * .887, of receipts .882 > .810). Skew of a few degrees costs nothing (.936 and .883 at 5 degrees), for lines are found and read at any angle. It is looked at
 * small first again, for sideways print tells its height badly: so a turned page reads as the upright one does.
 */
export async function straighten(
  models: Models,
  page: Raster,
  lines: FoundLines,
  { first, effort }: Looks,
): Promise<Straight> {
  const regions = cutLong(page, lines.regions);
  const { quarter, columns, asked } = await stanceOf(models, page, regions);
  if (quarter === 0) {
    return { regions: columns ? joinColumns(regions) : regions, quarter, columns, asked };
  }
  const view = viewOf(page, quarter);
  const found = await findLines(models.detection, page, first, effort, quarter);
  release(found.search.input);
  const upright = found.regions.map((region) => throughView(region, view));
  return { regions: cutLong(page, upright), quarter, columns, asked };
}
