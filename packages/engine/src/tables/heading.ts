import { type Chunk, type ChunkRow, chunkRow } from './chunks.ts';
import type { Lattice } from './lattice.ts';
import { median } from './sizes.ts';
import { columnAt } from './stretches.ts';
import { textRows } from './text-rows.ts';
import type { PlacedWord } from './upright.ts';

/** Headings stand so near above the first stroke, in heights of print a row, in two rows at most ... */
const NEAR = 1.4;
const MOST_HEADINGS = 2;
/** ... and over at least this part of the columns. */
const LEAST_COLUMNS = 0.6;
/** Light headings on a dark ground reach this part of the height of print above their letters. */
const GROUND = 0.3;

/**
 * The grid with the headings above it, whose strokes do not show on their dark ground: print whose pieces stand one over each column, or most; and
 * above these, where there are two rows, pieces in the middle of the columns that they are headings of.
 */
export function withHeading(lattice: Lattice, words: readonly PlacedWord[]): Lattice {
  const { xs, ys } = lattice;
  const [left, right, top] = [xs[0]!, xs[xs.length - 1]!, ys[0]!];
  const size = median(words.map((word) => word.size));
  const near = words.filter((word) => {
    const [x, y] = [(word.left + word.right) / 2, (word.top + word.bottom) / 2];
    return x > left && x < right && y < top && y > top - MOST_HEADINGS * NEAR * size;
  });
  const rows = textRows(near).map((row) => chunkRow(row, []));
  const lowest = rows[rows.length - 1];
  const cuts = xs.slice(1, -1);
  if (
    lowest === undefined ||
    lowest.bottom < top - size ||
    rows.some((row) => reachesOut(row, words, { left, right }))
  ) {
    return lattice;
  }
  const over = rows.length > 1 ? overSeveral(rows[0]!, xs) : undefined;
  const below = over ? rows.slice(1) : [lowest];
  if (
    !standsOverColumns(
      [...below, ...(over ? [{ chunks: over.others }] : [])].flatMap(({ chunks }) => chunks),
      cuts,
    )
  ) {
    return lattice;
  }
  if (!over) {
    const isParted: Lattice['isParted'] = (place, column, from) =>
      place === 0 || lattice.isParted(place - 1, column, from);
    return { xs, ys: [lowest.top - GROUND * size, ...ys], isParted };
  }
  const isParted: Lattice['isParted'] = (place, column, from) => {
    if (place > 1) return lattice.isParted(place - 2, column, from);
    const inside = over.spans.some(([first, last]) => column >= first && column <= last);
    if (from === 'below') return place === 1 || inside;
    return place === 1 || !over.spans.some(([first, last]) => column >= first && column < last);
  };
  const split = (rows[0]!.bottom + lowest.top) / 2;
  return { xs, ys: [rows[0]!.top - GROUND * size, split, ...ys], isParted };
}

/** The columns that pieces of a row are in the middle of, several each, and the pieces over one column; undefined where there are none of the former. */
function overSeveral(row: ChunkRow, xs: readonly number[]): { spans: [number, number][]; others: Chunk[] } | undefined {
  const spans: [number, number][] = [];
  const others: Chunk[] = [];
  for (const chunk of row.chunks) {
    const [first, last] = [columnAt(xs.slice(1, -1), chunk.left), columnAt(xs.slice(1, -1), chunk.right)];
    const off = Math.abs((chunk.left + chunk.right) / 2 - (xs[first]! + xs[last + 1]!) / 2);
    if (first === last) others.push(chunk);
    else if (off > row.size) return undefined;
    else spans.push([first, last]);
  }
  return spans.length > 0 ? { spans, others } : undefined;
}

function standsOverColumns(chunks: readonly Chunk[], cuts: readonly number[]): boolean {
  const columns = chunks.map(({ left, right }) => [columnAt(cuts, left), columnAt(cuts, right)] as const);
  if (columns.some(([first, last]) => first !== last)) return false;
  const filled = new Set(columns.map(([first]) => first)).size;
  return filled === columns.length && filled >= Math.max(2, LEAST_COLUMNS * (cuts.length + 1));
}

/** Whether a row goes on beside the table: then it is a line of running text that breaks well by chance. */
function reachesOut(
  { chunks }: ChunkRow,
  words: readonly PlacedWord[],
  { left, right }: { left: number; right: number },
): boolean {
  const lines = new Set(chunks.flatMap((chunk) => chunk.words.map(({ line }) => line)));
  return words.some((word) => lines.has(word.line) && (word.right < left || word.left > right));
}
