import { heightOf, lengthOf, type Region, turnedBack, turnedDown } from '../geometry/region.ts';
import type { Models } from '../models.ts';
import { type Asked, askAll, SAMPLE, SURE, TALL } from '../orient/orient.ts';
import type { Raster } from '../raster.ts';
import { columnLegibility, legibility } from './legibility.ts';
import type { Quarter } from './view.ts';

/**
 * A line has to be read so surely before a page is turned for it: print that is turned the right way is read with 0.9 and more, upside
 * down with 0.4 to 0.7, and pictures, rules and handwriting with anything below that.
 */
const READABLE = 0.75;

/** How the print of a page stands. */
export interface Stance {
  readonly quarter: Quarter;
  /** Whether most of it stands in columns, upright, one letter below the other. */
  readonly columns: boolean;
  /** The lines that were asked whether they stand upside down, and their answers. */
  readonly asked: readonly Asked[];
}

/**
 * Which quarter turn most of the page's print stands in. Lines that run along the page are only asked by the classifier whether they stand upside
 * down, and a page on which none seems to is left alone: that costs nothing, for the answers are used again. Everything else is decided by reading
 * a few lines each way, for the classifier is wrong about one line in fifty on faxes and knows no columns of upright letters.
 */
export async function stanceOf(models: Models, page: Raster, regions: readonly Region[]): Promise<Stance> {
  const running = longest(regions.filter(isTall).map(turnedDown));
  const level = longest(regions.filter((region) => !isTall(region)));
  if (total(regions.filter(isTall).map(heightOf)) > total(regions.filter(isLong).map(lengthOf))) {
    return { ...(await stanceOfRunning(models, page, running)), asked: [] };
  }
  const asked = await askAll(models.orientation, page, level);
  const turned = asked.some((line) => line.turned >= SURE) && (await isUpsideDown(models, page, level));
  return turned ? { quarter: 2, columns: false, asked: [] } : { quarter: 0, columns: false, asked };
}

function isTall(region: Region): boolean {
  return heightOf(region) >= lengthOf(region) * TALL;
}

function isLong(region: Region): boolean {
  return lengthOf(region) >= heightOf(region) * TALL;
}

function longest(lines: readonly Region[]): Region[] {
  return [...lines].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, SAMPLE);
}

/**
 * The print of lines that run down the page: turned clockwise, the other way, or upright with one letter below the other. Columns of Chinese are
 * read as surely as print that is turned clockwise (the recogniser has learnt them lying on their side), but cut into letters, only they
 * are: measured 0.98 and more against 0.48 at most.
 */
async function stanceOfRunning(models: Models, page: Raster, lines: readonly Region[]): Promise<Omit<Stance, 'asked'>> {
  const down = await legibility(models, page, lines);
  const up = await legibility(models, page, lines.map(turnedBack));
  if (Math.max(down, up) < READABLE) {
    return { quarter: 0, columns: false };
  }
  if (up > down) {
    return { quarter: 3, columns: false };
  }
  const columns = (await columnLegibility(models, page, lines)) >= READABLE;
  return { quarter: columns ? 0 : 1, columns };
}

async function isUpsideDown(models: Models, page: Raster, lines: readonly Region[]): Promise<boolean> {
  const turned = await legibility(models, page, lines.map(turnedBack));
  return turned >= READABLE && turned > (await legibility(models, page, lines));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
