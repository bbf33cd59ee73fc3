import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  heightOf,
  lengthOf,
  quadOf,
  type Region,
  regionOf,
  stretchOf,
  turnedBack,
  turnedDown,
  widenedAcross,
} from './region.ts';

const upright: Region = { origin: [10, 20], along: [100, 0], across: [0, 8] };

const rectangles = fc.record({
  angle: fc.double({ min: -Math.PI / 4, max: Math.PI / 4, noNaN: true }),
  x: fc.integer({ min: -500, max: 500 }),
  y: fc.integer({ min: -500, max: 500 }),
  width: fc.integer({ min: 1, max: 300 }),
  height: fc.integer({ min: 1, max: 300 }),
});

test('the corners run clockwise from where reading starts', () => {
  expect(quadOf(upright)).toEqual([
    [10, 20],
    [110, 20],
    [110, 28],
    [10, 28],
  ]);
});

test('the corners of a turned rectangle keep their order and its area', () => {
  fc.assert(
    fc.property(rectangles, ({ angle, x, y, width, height }) => {
      const region = regionOf({ centre: [x, y], axis: [Math.cos(angle), Math.sin(angle)], width, height });
      const { origin, along, across } = region;
      expect(along[0] * across[1] - along[1] * across[0]).toBeCloseTo(width * height, 4);
      expect(along[0]).toBeGreaterThan(0);
      expect(origin[0] + (along[0] + across[0]) / 2).toBeCloseTo(x);
      expect(origin[1] + (along[1] + across[1]) / 2).toBeCloseTo(y);
      expect([lengthOf(region), heightOf(region)]).toEqual([expect.closeTo(width), expect.closeTo(height)]);
    }),
  );
});

test('a rectangle found on a scaled page lies in the page after scaling', () => {
  const region = regionOf({ centre: [10, 10], axis: [1, 0], width: 8, height: 4 }, 2, 3);
  expect(quadOf(region)).toEqual([
    [12, 24],
    [28, 24],
    [28, 36],
    [12, 36],
  ]);
});

test('turned back, reading starts at the other end; twice is no turn', () => {
  expect(quadOf(turnedBack(upright))[0]).toEqual([110, 28]);
  expect(quadOf(turnedBack(turnedBack(upright)))).toEqual(quadOf(upright));
});

test('turned down, reading starts at the upper right corner and runs down', () => {
  expect(quadOf(turnedDown({ origin: [10, 20], along: [8, 0], across: [0, 100] }))).toEqual([
    [18, 20],
    [18, 120],
    [10, 120],
    [10, 20],
  ]);
});

test('a stretch is a part of the length with all of the height', () => {
  expect(quadOf(stretchOf(upright, 0.25, 0.5))).toEqual([
    [35, 20],
    [60, 20],
    [60, 28],
    [35, 28],
  ]);
});

test('room above and below keeps the middle line, the length and the direction of a region', () => {
  const region: Region = { origin: [10, 20], along: [30, 6], across: [-2, 10] };
  const wide = widenedAcross(region, 0.1);
  expect(wide.along).toEqual(region.along);
  expect(wide.across).toEqual([expect.closeTo(-2.4), expect.closeTo(12)]);
  const middle = ({ origin, across }: Region) => [origin[0] + across[0] / 2, origin[1] + across[1] / 2];
  expect(middle(wide)).toEqual(middle(region).map((value) => expect.closeTo(value)));
});
