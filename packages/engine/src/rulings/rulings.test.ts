import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Raster } from '../raster.ts';
import { findRulings, type Stroke } from './rulings.ts';

const PAPER = 245;

function blank(width: number, height: number, channels: 1 | 3 = 1): Raster {
  return { width, height, channels, data: new Uint8Array(width * height * channels).fill(PAPER) };
}

/** Inks the pixels that `isInk` names; they are as dark as the part of them, by quarters across, that it covers. */
function inked(page: Raster, isInk: (x: number, y: number) => boolean, level = 40): Raster {
  const data = new Uint8Array(page.data);
  for (let y = 0; y < page.height; y += 1) {
    for (let x = 0; x < page.width; x += 1) {
      let part = 0;
      for (const [dx, dy] of [
        [0.25, 0.25],
        [0.75, 0.25],
        [0.25, 0.75],
        [0.75, 0.75],
      ] as const) {
        if (isInk(x + dx, y + dy)) part += 0.25;
      }
      if (part === 0) continue;
      for (let c = 0; c < page.channels; c += 1) {
        const at = (y * page.width + x) * page.channels + c;
        data[at] = data[at]! * (1 - part) + level * part;
      }
    }
  }
  return { ...page, data };
}

const level =
  (y: number, thickness: number, from: number, to: number, slope = 0) =>
  (px: number, py: number) =>
    px >= from && px < to && Math.abs(py - y - slope * (px - from)) <= thickness / 2;
const upright = (x: number, thickness: number, from: number, to: number) => (px: number, py: number) =>
  py >= from && py < to && Math.abs(px - x) <= thickness / 2;

function expectStroke(
  stroke: Stroke | undefined,
  from: readonly [number, number],
  to: readonly [number, number],
  thickness: number,
) {
  expect(stroke).toBeDefined();
  for (const [at, wanted] of [
    [stroke!.from, from],
    [stroke!.to, to],
  ] as const) {
    expect(Math.abs(at[0] - wanted[0])).toBeLessThanOrEqual(2.5);
    expect(Math.abs(at[1] - wanted[1])).toBeLessThanOrEqual(2.5);
  }
  expect(Math.abs(stroke!.thickness - thickness)).toBeLessThanOrEqual(Math.max(1, 0.4 * thickness));
}

test('an empty page, and one smaller than any stroke, have no strokes', () => {
  for (const page of [blank(400, 300), blank(3, 3), blank(1, 1), blank(20_000, 1)]) {
    expect(findRulings(page)).toEqual({ horizontal: [], vertical: [] });
  }
});

test.each([1, 2, 3, 4, 6, 9])('a stroke %i pixels thick is found where it is, level and upright', (thickness) => {
  const found = findRulings(
    inked(blank(500, 400), (x, y) => level(100, thickness, 50, 430)(x, y) || upright(300, thickness, 150, 380)(x, y)),
  );
  expect([found.horizontal.length, found.vertical.length]).toEqual([1, 1]);
  expectStroke(found.horizontal[0], [50, 100], [430, 100], thickness);
  expectStroke(found.vertical[0], [300, 150], [300, 380], thickness);
});

test('strokes of a light grey, one pixel thick, are found on grey and on colour pages', () => {
  for (const channels of [1, 3] as const) {
    const found = findRulings(inked(blank(400, 200, channels), level(90.5, 1, 40, 360), 200));
    expect(found.horizontal).toHaveLength(1);
    expectStroke(found.horizontal[0], [40, 90.5], [360, 90.5], 1);
  }
});

test('a stroke of red ink, and one of green, are found', () => {
  for (const [red, green] of [
    [230, 30],
    [30, 230],
  ] as const) {
    const page = blank(300, 100, 3);
    for (let x = 30; x < 270; x += 1) page.data.set([red, green, 60], (50 * 300 + x) * 3);
    expect(findRulings(page).horizontal).toHaveLength(1);
  }
});

test('dashes and dots in a row are one stroke, and so is a stroke that is broken', () => {
  const dashed = (x: number, y: number) => level(60, 2, 20, 480)(x, y) && x % 12 < 8;
  const dotted = (x: number, y: number) => level(120, 2, 20, 480)(x, y) && x % 6 < 2;
  const broken = (x: number, y: number) => level(180, 2, 20, 480)(x, y) && (x < 250 || x > 262);
  const { horizontal } = findRulings(inked(blank(500, 240), (x, y) => dashed(x, y) || dotted(x, y) || broken(x, y)));
  expect(horizontal.map(({ from: [, y] }) => Math.round(y)).sort((a, b) => a - b)).toEqual([60, 120, 180]);
  for (const { from, to } of horizontal) expect(to[0] - from[0]).toBeGreaterThan(440);
});

test('bars of letters, blocks of ink and hatchings are no strokes', () => {
  const letters = (x: number, y: number) => x % 30 < 14 && Math.abs((y % 40) - 20) < 1.5;
  const block = (x: number, y: number) => x > 300 && x < 400 && y > 50 && y < 150;
  const hatching = (x: number, y: number) => x > 420 && x < 560 && y > 50 && y < 190 && y % 4 < 2;
  expect(findRulings(inked(blank(260, 200), letters)).horizontal).toEqual([]);
  expect(findRulings(inked(blank(600, 240), block))).toEqual({ horizontal: [], vertical: [] });
  // Its edge may be one.
  expect(findRulings(inked(blank(600, 240), hatching)).horizontal.length).toBeLessThanOrEqual(2);
});

test('a stroke at any skew up to five degrees is one stroke with its ends', () => {
  fc.assert(
    fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.integer({ min: 1, max: 4 }), (degrees, thickness) => {
      const slope = Math.tan((degrees * Math.PI) / 180);
      const { horizontal } = findRulings(inked(blank(500, 200), level(100 - slope * 200, thickness, 50, 450, slope)));
      expect(horizontal).toHaveLength(1);
      expectStroke(horizontal[0], [50, 100 - slope * 200], [450, 100 + slope * 200], thickness);
    }),
    { numRuns: 25 },
  );
});

test('what is found turns with the page: a page on its side has its strokes the other way', () => {
  const page = inked(blank(420, 300), (x, y) => level(80, 2, 40, 300)(x, y) || upright(210, 3, 100, 280)(x, y));
  const data = new Uint8Array(page.data.length);
  for (let y = 0; y < 300; y += 1) for (let x = 0; x < 420; x += 1) data[x * 300 + y] = page.data[y * 420 + x]!;
  const { horizontal, vertical } = findRulings({ width: 300, height: 420, channels: 1, data });
  expect([horizontal.length, vertical.length]).toEqual([1, 1]);
  expectStroke(vertical[0], [80, 40], [80, 300], 2);
  expectStroke(horizontal[0], [100, 210], [280, 210], 3);
});
