import type { Line, Point, Quad } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { rowsOf } from './rows.ts';

/** A line whose corner stands at a point, on a page that is turned by so many degrees. */
function line(text: string, [x, y]: Point, degrees = 0): Line {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const at = (dx: number, dy: number): Point => [(x + dx) * cos - (y + dy) * sin, (x + dx) * sin + (y + dy) * cos];
  const quad: Quad = [at(0, 0), at(40, 0), at(40, 10), at(0, 10)];
  return { text, confidence: 1, quad, words: [] };
}

test.each([0, 3, 91, 180, 270])(
  'lines that stand side by side are one row on a page turned by %d degrees',
  (turned) => {
    const lines = [
      line('Subtotal', [0, 0], turned),
      line('13.30', [100, 2], turned),
      line('Tax', [0, 20], turned),
      line('0.80', [100, 18], turned),
      line('Thank you', [0, 40], turned),
    ];
    expect(rowsOf(lines).map((row) => row.map(({ text }) => text))).toEqual([
      ['Subtotal', '13.30'],
      ['Tax', '0.80'],
      ['Thank you'],
    ]);
  },
);

test('what begins left of the end of the line before begins a row of its own', () => {
  expect(rowsOf([line('right', [100, 0]), line('left', [0, 0])])).toHaveLength(2);
});
