import { heightOf, lengthOf, type Region } from '../geometry/region.ts';

/** Fewer small regions over each other are a table's column of numbers more often than a number that runs down the page. */
const LEAST_PIECES = 5;
/** A digit that lies on its side is wider than high; in the mean of a pile by so much. */
const LYING = 1.2;
/** Regions longer than this for their height hold several digits. */
const MOST_LENGTH = 3;
/** Pieces of a pile are about equally wide, stand over each other, and follow with at most so much of their height between them. */
const LEAST_ALIKE = 0.7;
const LEAST_OVER = 0.75;
const MOST_GAP = 0.6;

/** Small regions over each other: one line that runs down the page, of which each digit was found apart. */
export interface Pile {
  readonly pieces: readonly Region[];
  /** Around them all, `along` to the right. */
  readonly region: Region;
}

interface Box {
  readonly region: Region;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Piles among the regions of an upright page: numbers stamped along its edge. */
export function findPiles(regions: readonly Region[]): Pile[] {
  const small = regions
    .filter((region) => lengthOf(region) >= heightOf(region) && lengthOf(region) <= MOST_LENGTH * heightOf(region))
    .map(boxOf)
    .sort((a, b) => a.top - b.top);
  const piles: Box[][] = [];
  for (const box of small) {
    const pile = piles.find((one) => follows(one[one.length - 1]!, box));
    if (pile) pile.push(box);
    else piles.push([box]);
  }
  return piles.flatMap((boxes) => {
    const shape = boxes.reduce((sum, { region }) => sum + lengthOf(region) / heightOf(region), 0) / boxes.length;
    if (boxes.length < LEAST_PIECES || shape < LYING) return [];
    const left = Math.min(...boxes.map((box) => box.left));
    const top = Math.min(...boxes.map((box) => box.top));
    const width = Math.max(...boxes.map((box) => box.right)) - left;
    const height = Math.max(...boxes.map((box) => box.bottom)) - top;
    const region: Region = { origin: [left, top], along: [width, 0], across: [0, height] };
    return [{ pieces: boxes.map((box) => box.region), region }];
  });
}

function follows(before: Box, box: Box): boolean {
  const [a, b] = [before.right - before.left, box.right - box.left];
  const over = Math.min(before.right, box.right) - Math.max(before.left, box.left);
  const gap = box.top - before.bottom;
  const least = Math.min(a, b);
  return (
    over >= LEAST_OVER * least &&
    least >= LEAST_ALIKE * Math.max(a, b) &&
    Math.abs(gap) <= MOST_GAP * (before.bottom - before.top)
  );
}

function boxOf(region: Region): Box {
  const { origin, along, across } = region;
  const xs = [origin[0], origin[0] + along[0], origin[0] + across[0], origin[0] + along[0] + across[0]];
  const ys = [origin[1], origin[1] + along[1], origin[1] + across[1], origin[1] + along[1] + across[1]];
  return { region, left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
