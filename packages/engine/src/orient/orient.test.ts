import { expect, test } from '@jest/globals';
import type { Region } from '../geometry/region.ts';
import { turnedBack, turnedDown } from '../geometry/region.ts';
import type { Session } from '../models.ts';
import type { Raster } from '../raster.ts';
import { orient } from './orient.ts';

const page: Raster = { width: 300, height: 300, channels: 1, data: new Uint8Array(90_000).fill(255) };

function level(y: number, length = 100): Region {
  return { origin: [50, y], along: [length, 0], across: [0, 10] };
}

/** Says "turned" of the regions whose numbers are given, in the order they are asked (longest first). */
function classifier(turned: readonly number[]): { session: Session; asked: () => number } {
  let asked = 0;
  const session: Session = {
    inputNames: ['x'],
    outputNames: ['y'],
    run: async () => {
      const isTurned = turned.includes(asked);
      asked += 1;
      return { y: { data: Float32Array.from(isTurned ? [0.02, 0.98] : [0.98, 0.02]), dims: [1, 2] } };
    },
  };
  return { session, asked: () => asked };
}

/** Ten lines, each shorter than the one before. */
const lines = Array.from({ length: 10 }, (_, index) => level(index * 20, 200 - index));

test('on an upright page only the five longest lines are asked, and all are left alone', async () => {
  const { session, asked } = classifier([]);
  const found = await orient(session, page, lines);
  expect(asked()).toBe(5);
  expect(found).toEqual(lines.map((line) => ({ ways: [line] })));
});

test('a line that seems turned on an upright page is read both ways', async () => {
  const { session, asked } = classifier([1]);
  const found = await orient(session, page, lines);
  expect(asked()).toBe(10);
  expect(found[1]).toEqual({ ways: [lines[1], turnedBack(lines[1]!)] });
  expect(found.filter(({ ways }) => ways.length === 1).length).toBe(9);
});

test('on a page that stands upside down all lines are turned, doubtful ones read both ways', async () => {
  const { session } = classifier([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const found = await orient(session, page, lines);
  expect(found[0]).toEqual({ ways: [turnedBack(lines[0]!)] });
  expect(found[9]).toEqual({ ways: [turnedBack(lines[9]!), lines[9]] });
});

test('a tall region is read from its top down', async () => {
  const tall: Region = { origin: [10, 10], along: [10, 0], across: [0, 100] };
  const { session } = classifier([]);
  expect(await orient(session, page, [tall])).toEqual([
    { ways: [turnedDown(tall)], column: turnedDown(tall), columnFirst: false },
  ]);
});

test('a region little higher than wide is read down and as it stands', async () => {
  const letter: Region = { origin: [10, 10], along: [10, 0], across: [0, 20] };
  const { session } = classifier([]);
  expect(await orient(session, page, [letter])).toEqual([
    { ways: [turnedDown(letter), letter], column: turnedDown(letter), columnFirst: false },
  ]);
});

test('on a page of columns a tall region is first read letter by letter', async () => {
  const tall: Region = { origin: [10, 10], along: [10, 0], across: [0, 100] };
  const [candidate] = await orient(classifier([]).session, page, [tall], { columns: true });
  expect(candidate).toEqual({ ways: [turnedDown(tall)], column: turnedDown(tall), columnFirst: true });
});

test('lines whose answers are known are not asked again', async () => {
  const { session, asked } = classifier([]);
  const known = lines.slice(0, 4).map((region) => ({ region, turned: 0.1 }));
  expect(await orient(session, page, lines, { known })).toEqual(lines.map((line) => ({ ways: [line] })));
  expect(asked()).toBe(1);
});

test('no regions ask nothing', async () => {
  const { session, asked } = classifier([]);
  expect(await orient(session, page, [])).toEqual([]);
  expect(asked()).toBe(0);
});

test('a classifier of another shape is refused', async () => {
  const session: Session = {
    inputNames: ['x'],
    outputNames: ['y'],
    run: async () => ({ y: { data: new Float32Array(3), dims: [1, 3] } }),
  };
  await expect(orient(session, page, lines)).rejects.toMatchObject({ code: 'internal' });
});
