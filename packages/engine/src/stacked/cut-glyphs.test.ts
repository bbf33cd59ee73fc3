import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutGlyphs, printOf } from './cut-glyphs.ts';

/** The ink down a column: each letter as long as it says, apart by `gap`, after `before` positions of paper. */
function column(letters: readonly number[][], gap: number, before = 3): number[] {
  const paper = (length: number) => Array<number>(length).fill(0);
  return [
    ...paper(before),
    ...letters.flatMap((letter, i) => (i === 0 ? letter : [...paper(gap), ...letter])),
    ...paper(before),
  ];
}

const solid = (length: number) => Array<number>(length).fill(1);

test('print begins and ends where there is more than grain', () => {
  expect(printOf([0.1, 0, 2, 3, 0, 2, 0.1])).toEqual({ start: 2, end: 6 });
  expect(printOf([0, 0, 0])).toEqual({ start: 0, end: 3 });
});

test('a column is cut in the gaps between its letters', () => {
  expect(cutGlyphs(column([solid(20), solid(20), solid(20)], 4), 20)).toEqual([
    3,
    expect.closeTo(25, -1),
    expect.closeTo(49, -1),
    71,
  ]);
});

test('a letter that has a gap of its own is left whole', () => {
  const two = [...solid(4), ...Array<number>(12).fill(0), ...solid(4)];
  const cuts = cutGlyphs(column([solid(20), two, solid(20)], 4), 20);
  expect(cuts.length - 1).toBe(3);
});

test('one letter, or a single position, is not cut', () => {
  expect(cutGlyphs(column([solid(20)], 0), 20)).toEqual([3, 23]);
  expect(cutGlyphs([0], 0)).toEqual([0, 1]);
});

test('as many letters are found as were set, whatever their number and the air between them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 12 }), (letters, gap) => {
      const cuts = cutGlyphs(
        column(
          Array.from({ length: letters }, () => solid(30)),
          gap,
        ),
        30,
      );
      expect(cuts.length - 1).toBe(letters);
      expect(cuts.every((cut, i) => i === 0 || cut > cuts[i - 1]!)).toBe(true);
    }),
  );
});
