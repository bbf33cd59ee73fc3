import { expect, test } from '@jest/globals';
import type { Tensor } from '../models.ts';
import { isGrainy, soften } from './grain.ts';

const ROWS = 48;
const COLUMNS = 160;

/** A line's picture, -1 dark to 1 light. */
function picture(shade: (column: number, row: number) => number): Tensor {
  const plane = Float32Array.from({ length: ROWS * COLUMNS }, (_, at) => shade(at % COLUMNS, Math.floor(at / COLUMNS)));
  const data = new Float32Array(3 * plane.length);
  for (let first = 0; first < data.length; first += plane.length) data.set(plane, first);
  return { data, dims: [1, 3, ROWS, COLUMNS] };
}

/** Upright strokes of four pixels, sixteen apart. */
const stroke = (column: number, row: number): boolean => column % 16 < 4 && row > 8 && row < 40;
/** Dots six pixels apart, in every second row between those of the others. */
const dot = (column: number, row: number): boolean => row % 3 === 0 && (column + (row % 6 === 0 ? 3 : 0)) % 6 === 0;

const plain = () => picture((column, row) => (stroke(column, row) ? -1 : 1));
const shaded = () => picture((column, row) => (stroke(column, row) ? -1 : dot(column, row) ? 0 : 0.7));

test('print on dots is grainy, print on plain or unevenly lit paper is not', () => {
  expect(isGrainy(shaded())).toBe(true);
  expect(isGrainy(plain())).toBe(false);
  expect(isGrainy(picture((column, row) => (stroke(column, row) ? -1 : 1 - column / 200 - row / 100)))).toBe(false);
  expect(isGrainy(picture(() => 0.5))).toBe(false);
});

test('dots too faint to be taken for letters do not count', () => {
  expect(isGrainy(picture((column, row) => (stroke(column, row) ? -1 : dot(column, row) ? 0.85 : 1)))).toBe(false);
});

test('softened, the dots are gone, the strokes are there, in every plane alike, and what is even stays so', () => {
  const soft = shaded();
  soften(soft);
  expect(isGrainy(soft)).toBe(false);
  const row = 24 * COLUMNS;
  const [paper, ink] = [soft.data[row + 10]!, soft.data[row + 2]!];
  expect(ink).toBeLessThan(-0.2);
  expect(paper).toBeGreaterThan(0.4);
  // Between strokes nothing varies by more than a fifth of what it did.
  const between = Array.from({ length: 5 }, (_, at) => soft.data[row + 8 + at]!);
  expect(Math.max(...between) - Math.min(...between)).toBeLessThan(0.14);
  expect([soft.data[row + 2 * ROWS * COLUMNS + 10], soft.data[row + ROWS * COLUMNS + 10]]).toEqual([paper, paper]);
  const even = picture(() => 0.25);
  soften(even);
  expect(even.data.every((value) => value === 0.25)).toBe(true);
});
