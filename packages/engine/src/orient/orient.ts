import { heightOf, lengthOf, type Region, turnedBack, turnedDown } from '../geometry/region.ts';
import type { Session } from '../models.ts';
import type { Raster } from '../raster.ts';
import { runModelOnce } from '../run-model.ts';
import { decodeTurned } from './decode.ts';
import { orientationInput } from './prepare.ts';

/** From this height for its length a region is taken for a line that runs down the page (PP-OCR: 1.5). */
export const TALL = 1.5;
/** Below this it may as well be one narrow letter standing upright ("1", "I"), so it is read both ways. */
const SURELY_TALL = 3;
/** A page's lines mostly stand alike, so a few of them are asked first. */
export const SAMPLE = 5;
/** The classifier's word counts from here, either way (PP-OCR: cls_thresh). */
export const SURE = 0.9;
/** A page stands upside down when most of at least so many lines say so. */
const LEAST_WITNESSES = 3;

/** One line of print and the ways it may be read: most have one; of several the recogniser takes the one it reads most surely. */
export interface Candidate {
  readonly ways: readonly Region[];
  /** For lines that run down: read from its top, with each letter upright below the one before (Chinese). */
  readonly column?: Region;
  /** Whether that is the likeliest way, as on a page of columns. */
  readonly columnFirst?: boolean;
}

/** A line and what the classifier said of it. */
export interface Asked {
  readonly region: Region;
  /** Probability of standing upside down. */
  readonly turned: number;
}

/**
 * Finds out which way each line is read: along or down the page, and not upside down.
 *
 * The classifier costs about a tenth of a recognition, and on faxes it is surely wrong about one line in fifty (turning all that it
 * says lost 1.2 points of pairF1 on noisy forms). So only the longest lines of each direction are asked; when one of them seems to
 * stand upside down, all are, and a line that seems turned on a page that is not is read both ways.
 *
 * @param known lines that were asked before
 * @param columns whether lines that run down the page most likely do so with their letters upright
 */
export async function orient(
  orientation: Session,
  page: Raster,
  regions: readonly Region[],
  { known = [], columns = false }: { readonly known?: readonly Asked[]; readonly columns?: boolean } = {},
): Promise<Candidate[]> {
  const lying = regions.filter((region) => heightOf(region) < lengthOf(region) * TALL);
  const tall = regions.filter((region) => heightOf(region) >= lengthOf(region) * TALL);
  const level = await waysOf(orientation, page, lying, known);
  const standing = new Map(tall.map((region) => [turnedDown(region), region]));
  const running = await waysOf(orientation, page, [...standing.keys()], known);
  return [
    ...level.map(({ ways }) => ({ ways })),
    ...running.map((line) => ({ ...withStanding(line, standing), columnFirst: columns })),
  ];
}

interface Running {
  /** Read from its top down. */
  readonly region: Region;
  readonly ways: readonly Region[];
}

/** Short lines that run down the page may also be letters that stand upright. */
function withStanding({ region: column, ways }: Running, standing: ReadonlyMap<Region, Region>): Candidate {
  const upright = standing.get(column);
  if (upright === undefined || lengthOf(column) >= heightOf(column) * SURELY_TALL) {
    return { ways, column };
  }
  return { ways: [...ways, upright], column };
}

async function waysOf(orientation: Session, page: Raster, regions: readonly Region[], known: readonly Asked[]) {
  const longestFirst = [...regions].sort((a, b) => lengthOf(b) - lengthOf(a));
  const sample = await askAll(orientation, page, longestFirst.slice(0, SAMPLE), known);
  if (!sample.some(({ turned }) => turned >= SURE)) {
    return longestFirst.map((region) => ({ region, ways: [region] }));
  }
  const asked = sample.concat(await askAll(orientation, page, longestFirst.slice(SAMPLE), known));
  const turnedOnes = asked.filter(({ turned }) => turned >= SURE).length;
  const upsideDown = asked.length >= LEAST_WITNESSES && turnedOnes > asked.length / 2;
  return asked.map((line) => ({ region: line.region, ways: upsideDown ? turnedWays(line) : uprightWays(line) }));
}

function uprightWays({ region, turned }: Asked): Region[] {
  return turned >= SURE ? [region, turnedBack(region)] : [region];
}

function turnedWays({ region, turned }: Asked): Region[] {
  return turned >= SURE ? [turnedBack(region)] : [turnedBack(region), region];
}

/** What the classifier says of each line, in their order; lines that are `known` are not asked again. */
export async function askAll(
  orientation: Session,
  page: Raster,
  regions: readonly Region[],
  known: readonly Asked[] = [],
): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const region of regions) {
    const before = known.find((line) => line.region === region);
    if (before === undefined) {
      const [turned = 0] = await runModelOnce(orientation, orientationInput(page, [region]), (output) =>
        decodeTurned(output, 1),
      );
      asked.push({ region, turned });
    } else {
      asked.push(before);
    }
  }
  return asked;
}
