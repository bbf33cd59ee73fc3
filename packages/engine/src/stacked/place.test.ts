import { expect, test } from '@jest/globals';
import { placeInColumn } from './place.ts';

test('characters stand where their letters were cut', () => {
  const character = (text: string, firstStep: number, lastStep: number) => ({
    text,
    probability: 1,
    firstStep,
    lastStep,
    spaceBefore: 0,
  });
  const placed = placeInColumn([character('a', 0, 9), character('b', 14, 15)], [0.1, 0.3, 0.9], 20);
  expect(placed.map(({ firstStep, lastStep }) => [firstStep, lastStep])).toEqual([
    [expect.closeTo(2), expect.closeTo(5)],
    [expect.closeTo(10.8), expect.closeTo(12.2)],
  ]);
});
