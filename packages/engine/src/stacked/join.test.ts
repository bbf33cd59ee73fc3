import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { heightOf, lengthOf, quadOf, type Region } from '../geometry/region.ts';
import { joinColumns } from './join.ts';

function piece(x: number, y: number, width: number, height: number): Region {
  return { origin: [x, y], along: [width, 0], across: [0, height] };
}

/** A region turned around (0, 0). */
function turned({ origin, along, across }: Region, angle: number): Region {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const turn = ([x, y]: Region['origin']): Region['origin'] => [x * cos - y * sin, x * sin + y * cos];
  return { origin: turn(origin), along: turn(along), across: turn(across) };
}

test('pieces of a column are joined, single letters among them, from the first to the last', () => {
  const joined = joinColumns([piece(100, 210, 28, 90), piece(100, 50, 30, 120), piece(101, 175, 28, 30)]);
  expect(joined.map(quadOf)).toEqual([quadOf(piece(100, 50, 30, 250))]);
});

test('columns beside each other, far below each other or of other sizes stay apart', () => {
  const pieces = [piece(100, 50, 30, 120), piece(60, 50, 30, 300), piece(100, 210, 30, 90), piece(100, 310, 12, 90)];
  expect(joinColumns(pieces).length).toBe(4);
});

test('lines that run along the page are left alone', () => {
  const title = piece(50, 10, 200, 30);
  expect(joinColumns([title])).toEqual([title]);
  expect(joinColumns([title, piece(60, 40, 30, 300)]).length).toBe(2);
  expect(joinColumns([])).toEqual([]);
});

test('a column is joined at any small angle, and keeps its direction', () => {
  fc.assert(
    fc.property(fc.double({ min: -0.15, max: 0.15, noNaN: true }), (angle) => {
      const pieces = [piece(100, 50, 30, 120), piece(100, 180, 30, 100)].map((region) => turned(region, angle));
      const joined = joinColumns(pieces);
      expect(joined.length).toBe(1);
      expect([lengthOf(joined[0]!), heightOf(joined[0]!)]).toEqual([expect.closeTo(30), expect.closeTo(230)]);
      const whole = turned(piece(100, 50, 30, 230), angle);
      expect(joined[0]!.origin).toEqual([expect.closeTo(whole.origin[0]), expect.closeTo(whole.origin[1])]);
    }),
  );
});
