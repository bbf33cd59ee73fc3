import { heightOf, lengthOf, type Region } from '../geometry/region.ts';

/** Shorter than this for its height a region says little about print: a letter, a stamp, a piece of a picture. */
const LEAST_LENGTH = 2;
/** So much of the print may be smaller than what is told. */
const SMALLER = 0.2;

/**
 * Height of the smaller print among regions, with their margins, in page pixels: a fifth of it, by length, is smaller still. 0 where nothing tells. Lines
 * that run down the page count like others.
 */
export function printHeight(regions: readonly Region[]): number {
  const lines = regions
    .map((region) => {
      const [short = 0, long = 0] = [heightOf(region), lengthOf(region)].sort((a, b) => a - b);
      return { height: short, letters: long / Math.max(1, short) };
    })
    .filter(({ letters }) => letters > LEAST_LENGTH)
    .sort((a, b) => a.height - b.height);
  const total = lines.reduce((sum, { letters }) => sum + letters, 0);
  let passed = 0;
  const told = lines.find(({ letters }) => {
    passed += letters;
    return passed >= total * SMALLER;
  });
  return told?.height ?? 0;
}
