import type { Line, Table } from '@docusnap/contracts';
import type { Bounds } from '../geometry/bounds.ts';
import type { Rulings } from '../rulings/rulings.ts';
import { bandsOf, MOST_IN_BAND } from './bands.ts';
import { boundsOfGrid, type Grid, tableOf } from './grid.ts';
import { boxOf, type Strokes, touchingStrokes } from './lattice.ts';
import { partedByRules, withoutLetters } from './print.ts';
import { regionsOf } from './regions.ts';
import { ruledTables, wordsBeside } from './ruled.ts';
import { median } from './sizes.ts';
import { unruledTables } from './unruled.ts';
import { type PlacedWord, type Rule, uprightPage } from './upright.ts';

/** Headings on a dark ground, whose strokes do not show, stand over a frame within so many heights of print. */
const ABOVE = 1.9;
/** Over strokes without upright ones there may be two rows of them. */
const ABOVE_BAND = 4.6;

/**
 * The tables of a page from its strokes and its print, from top to bottom: first those whose strokes part every cell, then, in the print that is
 * left, those that show by columns of it, to which what strokes there are gives boundaries.
 */
export function findTables(lines: readonly Line[], rulings: Rulings): Table[] {
  if (lines.length === 0) return [];
  const page = uprightPage(lines, rulings);
  const strokes = withoutLetters(page, page.words);
  const words = partedByRules(page.words, strokes.vertical);
  const groups = touchingStrokes(strokes, words);
  const ruled = ruledTables(groups, words);
  const rest = wordsBeside(words, ruled);
  const { framed, free } = byFrames(rest, [...groups.filter(isFrame).map(boxOf), ...bandsOf(strokes.horizontal, rest)]);
  const unruled = [...framed, ...inColumns(free)].flatMap((region) => unruledTables(strokes, region));
  return [...ruled, ...unruled].sort(byPlace).map((grid) => tableOf(grid, page.quadOf));
}

/** Strokes above, below and on both sides; a rule with strokes that meet it is none. */
function isFrame(group: Strokes): boolean {
  const { left, top, right, bottom } = boxOf(group);
  const [near, beside] = [(bottom - top) / 4, (right - left) / 4];
  const isLong = ({ from, to }: Rule, whole: number) => to - from > whole / 2;
  const levels = group.horizontal.filter((rule) => isLong(rule, right - left));
  const uprights = group.vertical.filter((rule) => isLong(rule, bottom - top));
  return (
    levels.some(({ at }) => at < top + near) &&
    levels.some(({ at }) => at > bottom - near) &&
    uprights.some(({ at }) => at < left + beside) &&
    uprights.some(({ at }) => at > right - beside)
  );
}

/** Words in frames (strokes that touch, and make no table), each in the smallest around it, and all others. */
function byFrames(
  words: readonly PlacedWord[],
  boxes: readonly (Bounds & { readonly isBand?: boolean })[],
): { framed: PlacedWord[][]; free: PlacedWord[] } {
  const area = ({ left, top, right, bottom }: Bounds) => (right - left) * (bottom - top);
  const above = ABOVE * median(words.map(({ size }) => size));
  const frames = boxes
    .toSorted((a, b) => area(a) - area(b))
    .map(({ isBand = false, ...box }) => ({
      isBand,
      box: { ...box, top: box.top - above },
      words: [] as PlacedWord[],
    }));
  const free: PlacedWord[] = [];
  for (const word of words) {
    const [x, y] = [(word.left + word.right) / 2, (word.top + word.bottom) / 2];
    const frame = frames.find(({ isBand, box: { left, top, right, bottom } }) => {
      const room = isBand && y < top && mayBeHeading(word, left, right) ? ABOVE_BAND - ABOVE : 0;
      return x > left && x < right && y > top - (room * above) / ABOVE && y < bottom;
    });
    if (frame) frame.words.push(word);
    else free.push(word);
  }
  // A page's own frame holds most of it: what stands in columns there is looked at by columns too.
  const regions = frames.flatMap((frame) =>
    frame.isBand && frame.words.length <= MOST_IN_BAND * words.length ? [frame.words] : inColumns(frame.words),
  );
  return { framed: regions, free };

  /** Whether what stands level with a word between two places ends there, as running text does not, and has no numbers but years, as rows of another table do. */
  function mayBeHeading({ top, bottom, size, line }: PlacedWord, left: number, right: number): boolean {
    return words.every((other) => {
      if (other.line === line && (other.left < left || other.right > right)) return false;
      const off = (other.top + other.bottom - top - bottom) / 2;
      const isLevel = Math.abs(off) < size / 2 && other.right > left && other.left < right;
      return !isLevel || !/\d/.test(other.text) || /\p{L}|^(?:19|20)\d\d$/u.test(other.text);
    });
  }
}

function inColumns(words: readonly PlacedWord[]): PlacedWord[][] {
  return regionsOf([...new Set(words.map(({ line }) => line))]).map((lines) => {
    const region = new Set(lines);
    return words.filter(({ line }) => region.has(line));
  });
}

function byPlace(a: Grid, b: Grid): number {
  const [one, other] = [boundsOfGrid(a), boundsOfGrid(b)];
  return one.top - other.top || one.left - other.left;
}
