import type { Line } from '@docusnap/contracts';
import { type Region, turnedBack, turnedDown, widenedAcross } from '../geometry/region.ts';
import type { Models } from '../models.ts';
import type { Raster } from '../raster.ts';
import { type Recognising, recognise } from '../recognise/recognise.ts';
import { findPiles } from './piles.ts';

/** A pile is believed to be one number only when it is read so surely as that. */
const SURE = 0.85;
const NUMBER = /^\d+$/;
/** Room beside the digits, of the pile's width: each was boxed tightly. */
const ROOM = 0.1;

/** Numbers that run down the page's edge, and the regions that they are not read from again. */
export async function readPiles(
  models: Models,
  page: Raster,
  regions: readonly Region[],
  recognising: Recognising,
): Promise<{ lines: Line[]; rest: Region[] }> {
  const lines: Line[] = [];
  const read = new Set<Region>();
  for (const { pieces, region } of findPiles(regions)) {
    const down = widenedAcross(turnedDown(region), ROOM);
    const [line] = await recognise(models, page, [{ ways: [down, turnedBack(down)] }], recognising);
    if (!line || line.confidence < SURE || !NUMBER.test(line.text) || line.text.length < pieces.length) continue;
    lines.push(line);
    for (const piece of pieces) read.add(piece);
  }
  return { lines, rest: regions.filter((region) => !read.has(region)) };
}
