import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Rectangle } from '../geometry/rectangle.ts';
import { growAll } from './margins.ts';
import { unclipDistance } from './unclip.ts';

const line: Rectangle = { centre: [100, 50], axis: [1, 0], width: 80, height: 20 };

function below(rectangle: Rectangle, gap: number): Rectangle {
  return { ...rectangle, centre: [rectangle.centre[0], rectangle.centre[1] + rectangle.height + gap] };
}

/** The four sides of an upright rectangle. */
function sidesOf({ centre: [x, y], width, height }: Rectangle) {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

test('the way out is ratio times area over perimeter', () => {
  // 80 * 20 / 200 = 8.
  expect(unclipDistance(line, 1.6)).toBeCloseTo(12.8);
});

test('a patch that stands alone grows alike on all sides', () => {
  const [grown] = growAll([line]);
  const wide = (grown!.width - line.width) / 2;
  expect(grown).toEqual({ ...line, width: line.width + 2 * wide, height: expect.closeTo(line.height + 2 * wide) });
  expect(wide).toBeGreaterThan(unclipDistance(line, 1.6));
});

test('two lines that stand close meet in the middle of their gap', () => {
  const gap = 22;
  const [upper, lower] = growAll([line, below(line, gap)]).map(sidesOf);
  expect(upper!.bottom).toBeCloseTo(sidesOf(line).bottom + gap / 2);
  expect(lower!.top).toBeCloseTo(upper!.bottom);
  // The far sides are free.
  expect(sidesOf(line).top - upper!.top).toBeGreaterThan(gap / 2);
});

test('lines that nearly touch still get the room that the detector took from them', () => {
  const [upper] = growAll([line, below(line, 2)]).map(sidesOf);
  const tight = upper!.bottom - sidesOf(line).bottom;
  expect(tight).toBeGreaterThan(unclipDistance(line, 1));
  expect(tight).toBeLessThan(unclipDistance(line, 1.6));
});

test('a neighbour in the same row is in the way of the ends only', () => {
  const right: Rectangle = { ...line, centre: [line.centre[0] + line.width + 21, line.centre[1]] };
  const [left] = growAll([line, right]).map(sidesOf);
  expect(left!.right).toBeCloseTo(sidesOf(line).right + 10.5);
  expect(left!.bottom - sidesOf(line).bottom).toBeGreaterThan(10.5);
});

test('every patch keeps its direction and only grows', () => {
  const rectangle = fc.record({
    centre: fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 })),
    angle: fc.double({ min: -0.7, max: 0.7, noNaN: true }),
    width: fc.integer({ min: 3, max: 200 }),
    height: fc.integer({ min: 3, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(rectangle, { maxLength: 8 }), (all) => {
      const rectangles = all.map(({ centre, angle, width, height }): Rectangle => {
        return { centre, axis: [Math.cos(angle), Math.sin(angle)], width, height };
      });
      growAll(rectangles).forEach((grown, index) => {
        const { centre, axis, width, height } = rectangles[index]!;
        const [dx, dy] = [grown.centre[0] - centre[0], grown.centre[1] - centre[1]];
        expect(grown.axis).toEqual(axis);
        expect(Math.abs(dx * axis[0] + dy * axis[1]) * 2).toBeLessThan(grown.width - width);
        expect(Math.abs(dy * axis[0] - dx * axis[1]) * 2).toBeLessThan(grown.height - height);
      });
    }),
  );
});
