import type { Bounds } from '../geometry/bounds.ts';
import { median } from './sizes.ts';
import type { PlacedWord, Rule } from './upright.ts';

/** Strokes of one table that has none upright begin and end within this many heights of print of each other. */
const SAME_ENDS = 0.6;
/** They are at least so many heights of print long: shorter ones are underlines and blanks. */
const LEAST_LENGTH = 6;
/** So many of them make a band: two may be those that part a page. */
const LEAST_STROKES = 3;
/** Beside a band this many heights of print are free. */
const BESIDE = 1.2;
/** A band that holds more than this part of the print is what is between a page's own two strokes. */
export const MOST_IN_BAND = 0.6;

/**
 * The room between strokes that lie below each other and are equally long: a table without upright strokes. Its columns are not looked for
 * together with the text above, below or beside it.
 */
export function bandsOf(horizontal: readonly Rule[], words: readonly PlacedWord[]): (Bounds & { isBand: true })[] {
  const size = median(words.map((word) => word.size));
  const groups: Rule[][] = [];
  for (const rule of horizontal
    .filter(({ from, to }) => to - from >= LEAST_LENGTH * size)
    .sort((a, b) => a.at - b.at)) {
    const group = groups.find(([first]) => haveSameEnds(first!, rule, SAME_ENDS * size));
    if (group) group.push(rule);
    else groups.push([rule]);
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0]!, group[group.length - 1]!];
    if (group.length < LEAST_STROKES || last.at - first.at < 2 * size) return [];
    const [left, right] = [Math.min(...group.map(({ from }) => from)), Math.max(...group.map(({ to }) => to))];
    const band = { left, right, top: first.at, bottom: last.at };
    return reachesIn(band, words, size) ? [] : [{ ...band, isBand: true as const }];
  });
}

function haveSameEnds(a: Rule, b: Rule, slack: number): boolean {
  return Math.abs(a.from - b.from) <= slack && Math.abs(a.to - b.to) <= slack;
}

/** Whether a word stands across one of the band's sides or close beside it: then its strokes only happen to be equally long, or part some columns only. */
function reachesIn({ left, right, top, bottom }: Bounds, words: readonly PlacedWord[], size: number): boolean {
  const [inner, outer] = [size / 2, BESIDE * size];
  return words.some((word) => {
    const middle = (word.top + word.bottom) / 2;
    if (middle < top || middle > bottom) return false;
    return (
      (word.left < left - inner && word.right > left - outer) ||
      (word.right > right + inner && word.left < right + outer)
    );
  });
}
