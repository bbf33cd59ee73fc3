import { heightOf, lengthOf, type Region, stretchOf, turnedBack, turnedDown } from '../geometry/region.ts';
import type { Tensor } from '../models.ts';
import type { Raster } from '../raster.ts';
import { warp } from '../warp/warp.ts';
import { cutGlyphs, printOf } from './cut-glyphs.ts';

/** Height of the recogniser's input, and here the width of each letter in it too. */
const SIDE = 48;
/** Positions across the column at which its ink is looked at: a letter's strokes are some three of them thick. */
const FINE = 32;
/** The longest column that is looked at, in its widths; the recogniser takes about as many letters. */
const LONGEST = 64;
/** Air left beside the letters, on each side, as a part of their width. */
const AIR = 0.06;

/** A column of upright letters, laid out as a line. */
export interface Column {
  /** [1, 3, 48, 48 * letters], planes blue, green, red, -1..1: the letters from the top, side by side, each stretched to a square. */
  readonly input: Tensor;
  /** Where the letters begin and end, as fractions of the column's length: one more than there are letters. */
  readonly cuts: readonly number[];
}

/**
 * The recogniser reads along lines. A column whose letters stand upright is cut between its letters, and they are laid side by side.
 *
 * @param region read from its top down: `along` runs down the column, `across` to its left
 */
export function columnInput(page: Raster, region: Region): Column {
  const columns = Math.ceil((Math.min(LONGEST, lengthOf(region) / Math.max(1, heightOf(region))) || 1) * FINE);
  const ink = inkOf(page, region, columns);
  const { start, end } = printOf(ink.across);
  const cuts = cutGlyphs(ink.along, end - start).map((cut) => cut / columns);
  const air = (end - start) * AIR;
  const [right, left] = [Math.max(0, start - air) / FINE, Math.min(FINE, end + air) / FINE];
  const letters = cuts.length - 1;
  const stride = letters * SIDE;
  const data = new Float32Array(3 * SIDE * stride);
  for (let letter = 0; letter < letters; letter += 1) {
    const cell = cellOf(stretchOf(region, cuts[letter]!, cuts[letter + 1]!), right, left);
    const picture = new Float32Array(3 * SIDE * SIDE);
    warp(picture, page, cell, { columns: SIDE, rows: SIDE, stride: SIDE });
    for (let row = 0; row < 3 * SIDE; row += 1) {
      data.set(picture.subarray(row * SIDE, (row + 1) * SIDE), row * stride + letter * SIDE);
    }
  }
  return { input: { data, dims: [1, 3, SIDE, stride] }, cuts };
}

/** One letter as it stands: from a stretch of the column, less what lies beside the print. */
function cellOf(stretch: Region, right: number, left: number): Region {
  // Turned down from upright once, so three more turns stand it up again.
  const upright = turnedBack(turnedDown(stretch));
  return stretchOf(upright, 1 - left, 1 - right);
}

/** How much the page differs from its paper, summed across the column at each position along it, and the other way round. */
function inkOf(page: Raster, region: Region, columns: number): { along: Float64Array; across: Float64Array } {
  const area = FINE * columns;
  const planes = new Float32Array(3 * area);
  warp(planes, page, region, { columns, rows: FINE, stride: columns });
  const level = (i: number) => planes[i]! + planes[area + i]! + planes[2 * area + i]!;
  // What lies at the column's sides: in a column of bold letters most of the middle is ink.
  const sides = Float32Array.from({ length: columns * 2 }, (_, i) => level(i < columns ? i : area - 1 - (i - columns)));
  const paper = sides.sort()[columns]!;
  const along = new Float64Array(columns);
  const across = new Float64Array(FINE);
  for (let row = 0; row < FINE; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const ink = Math.abs(level(row * columns + column) - paper);
      along[column] = along[column]! + ink;
      across[row] = across[row]! + ink;
    }
  }
  return { along, across };
}
