import type { Tensor } from '../models.ts';

/** A dot is darker than what is left or right of it by so much of all that the picture shows between dark and light. */
const DOT = 0.1;
/** Dots a pixel from which paper counts as grainy. With .010 receipts became worse (.912 > .911 word F1), with .020 letters gained half as much. */
const GRAINY = 0.014;
/** Each time a pixel is mixed with its neighbours (1, 2, 1): six times are a Gaussian of 1.7 pixels, which dots of four to seven pixels hardly pass. */
const TIMES = 6;

/**
 * Whether a line stands on dots, as shaded cells of tables do, or grainy paper: the recogniser takes dots that touch a letter for part of it.
 *
 * @param picture a recogniser's input: [1, planes, rows, columns], of which the first plane tells
 */
export function isGrainy({ data, dims }: Tensor): boolean {
  const [, , rows, columns] = dims as [number, number, number, number];
  const plane = data.subarray(0, rows * columns);
  let [least, most] = [Infinity, -Infinity];
  for (const value of plane) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const step = DOT * (most - least);
  let dots = 0;
  for (let row = 1; row < rows - 1; row += 1) {
    for (let at = row * columns + 1; at < (row + 1) * columns - 1; at += 1) {
      const value = plane[at]!;
      const [left, right] = [plane[at - 1]!, plane[at + 1]!];
      // Of equal neighbours one counts: a dot of two pixels is one.
      const isLeast = left > value && right >= value && plane[at - columns]! > value && plane[at + columns]! >= value;
      if (isLeast && Math.max(left, right) > value + step) dots += 1;
    }
  }
  return dots > GRAINY * rows * columns;
}

/** Blurs a picture, in place: each plane by itself, and its edges as if they went on. */
export function soften({ data, dims }: Tensor): void {
  const [, planes, rows, columns] = dims as [number, number, number, number];
  for (let first = 0; first < planes * rows * columns; first += columns) {
    mix(data, { first, count: columns, stride: 1 });
  }
  for (let plane = 0; plane < planes; plane += 1) {
    for (let column = 0; column < columns; column += 1) {
      mix(data, { first: plane * rows * columns + column, count: rows, stride: columns });
    }
  }
}

/** A row or a column of numbers. */
interface Run {
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

function mix(data: Float32Array, { first, count, stride }: Run): void {
  const end = first + (count - 1) * stride;
  for (let time = 0; time < TIMES; time += 1) {
    let before = data[first]!;
    for (let at = first; at <= end; at += stride) {
      const value = data[at]!;
      const after = data[Math.min(end, at + stride)]!;
      data[at] = (before + 2 * value + after) / 4;
      before = value;
    }
  }
}
