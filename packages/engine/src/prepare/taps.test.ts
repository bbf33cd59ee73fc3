import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linearTaps, type Taps } from './taps.ts';

function weightsOf({ count, weights, width }: Taps, position: number): number[] {
  return Array.from(weights.subarray(position * width, position * width + count[position]!));
}

test('equal sizes leave each value as it is', () => {
  const taps = linearTaps(5, 5);
  for (let i = 0; i < 5; i += 1) {
    const own = weightsOf(taps, i).map((weight, k) => [taps.first[i]! + k, weight]);
    expect(own.filter(([, weight]) => weight! > 0)).toEqual([[i, 1]]);
  }
});

test('doubling mixes neighbours three to one', () => {
  const taps = linearTaps(4, 8);
  // Output 3 lies at input 1.25.
  expect(taps.first[3]).toBe(1);
  expect(weightsOf(taps, 3)).toEqual([0.75, 0.25]);
  // Output 0 lies before the first input, so it is that input.
  expect(weightsOf(taps, 0)).toEqual([1]);
});

test('halving weighs all inputs in reach by a triangle', () => {
  const taps = linearTaps(8, 4);
  // Output 1 lies at input 2.5, so inputs 1 to 4 are in reach.
  expect(taps.first[1]).toBe(1);
  expect(weightsOf(taps, 1)).toEqual([0.125, 0.375, 0.375, 0.125]);
});

test('weights add up to one and stay on the line', () => {
  const side = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(side, side, (from, to) => {
      const taps = linearTaps(from, to);
      for (let i = 0; i < to; i += 1) {
        expect(weightsOf(taps, i).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
        expect(taps.first[i]! + taps.count[i]!).toBeLessThanOrEqual(from);
        expect(taps.count[i]).toBeLessThanOrEqual(taps.width);
      }
    }),
  );
});
