import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quadOf, type Region } from '../geometry/region.ts';
import { findPiles } from './piles.ts';

function piece(x: number, y: number, width: number, height: number): Region {
  return { origin: [x, y], along: [width, 0], across: [0, height] };
}

/** Digits of a number that runs down the page: each lies on its side. */
function digits(count: number, { x = 650, y = 790 } = {}): Region[] {
  return Array.from({ length: count }, (_, index) => piece(x + (index % 3), y + index * 13, 22, 13));
}

test('the digits of a number that runs down the page are one pile, in whatever order they were found', () => {
  const regions = [...digits(8)].reverse();
  const [pile, ...more] = findPiles([piece(100, 20, 400, 18), ...regions]);
  expect(more).toEqual([]);
  expect(new Set(pile?.pieces)).toEqual(new Set(regions));
  expect(quadOf(pile!.region)).toEqual(quadOf(piece(650, 790, 24, 104)));
});

test('few of them, lines of print, letters that stand upright and numbers with air between them are none', () => {
  expect(findPiles(digits(4))).toEqual([]);
  expect(findPiles(Array.from({ length: 9 }, (_, row) => piece(100, 40 + row * 20, 300, 16)))).toEqual([]);
  expect(findPiles(Array.from({ length: 9 }, (_, row) => piece(100, 40 + row * 20, 12, 18)))).toEqual([]);
  expect(findPiles(Array.from({ length: 9 }, (_, row) => piece(100, 40 + row * 30, 22, 14)))).toEqual([]);
  expect(findPiles([])).toEqual([]);
});

test('two numbers beside each other are two piles', () => {
  expect(findPiles([...digits(6), ...digits(7, { x: 700 })]).map(({ pieces }) => pieces.length)).toEqual([6, 7]);
});

test('no region is in two piles, and each pile holds its pieces', () => {
  const region = fc
    .tuple(fc.nat(60), fc.nat(300), fc.integer({ min: 8, max: 40 }), fc.integer({ min: 8, max: 20 }))
    .map(([x, y, width, height]) => piece(x, y, width, height));
  fc.assert(
    fc.property(fc.array(region, { maxLength: 60 }), (regions) => {
      const piles = findPiles(regions);
      const pieces = piles.flatMap((pile) => pile.pieces);
      expect(new Set(pieces).size).toBe(pieces.length);
      for (const { region: whole, pieces: own } of piles) {
        for (const { origin, along, across } of own) {
          expect(origin[0]).toBeGreaterThanOrEqual(whole.origin[0]);
          expect(origin[0] + along[0]).toBeLessThanOrEqual(whole.origin[0] + whole.along[0]);
          expect(origin[1] + across[1]).toBeLessThanOrEqual(whole.origin[1] + whole.across[1]);
        }
      }
    }),
  );
});
