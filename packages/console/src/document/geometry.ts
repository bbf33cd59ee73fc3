import type { Line, PageText, Point, Quad } from '@docusnap/contracts';

/** Places on a page, in its pixels. */

/** A line of a page by its position among all lines, from 0; a word by its position in its line. */
export interface Place {
  readonly line: number;
  readonly word: number | null;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export function linesOf(page: PageText): readonly Line[] {
  return page.blocks.flatMap((block) => block.lines);
}

export function boxOf(quads: readonly Quad[]): Box {
  const points = quads.flat();
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Quads as one path of SVG: a thousand words are one element. */
export function pathOf(quads: readonly Quad[]): string {
  return quads.map((quad) => `M${quad.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}Z`).join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Whether a point lies in a quad, whichever way that runs. */
export function isInside([x, y]: Point, quad: Quad): boolean {
  let side = 0;
  for (const [index, [fromX, fromY]] of quad.entries()) {
    const [toX, toY] = quad[(index + 1) % quad.length] as Point;
    const turn = (toX - fromX) * (y - fromY) - (toY - fromY) * (x - fromX);
    if (turn === 0) continue;
    if (side !== 0 && Math.sign(turn) !== side) return false;
    side = Math.sign(turn);
  }
  return true;
}

/** What stands at a point: its word, else its line; null on empty paper. */
export function placeAt(page: PageText, point: Point): Place | null {
  for (const [line, { quad, words }] of linesOf(page).entries()) {
    // Words may reach a little beyond their line.
    const word = words.findIndex((one) => isInside(point, one.quad));
    if (word >= 0) return { line, word };
    if (isInside(point, quad)) return { line, word: null };
  }
  return null;
}

/** Where a place lies; null where the page has no such line or word. */
export function quadOf(page: PageText, { line, word }: Place): Quad | null {
  const found = linesOf(page)[line];
  if (!found) return null;
  return word === null ? found.quad : (found.words[word]?.quad ?? null);
}
