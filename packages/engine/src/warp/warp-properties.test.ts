import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Region, turnedBack, turnedDown } from '../geometry/region.ts';
import type { Raster } from '../raster.ts';
import { warp } from './warp.ts';

/** Values go from -1 to 1; 32-bit sums of bytes stay within this. */
const TOLERANCE = 1e-4;

const channels = fc.constantFrom(1 as const, 3 as const);
const columns = fc.integer({ min: 1, max: 24 });
const rows = fc.integer({ min: 1, max: 12 });
const side = fc.integer({ min: 1, max: 12 });
const number = fc.double({ min: -30, max: 30, noNaN: true });
const vector = fc.tuple(number, number);
/** Any parallelogram, in part or wholly off the page, flat ones included. */
const regions: fc.Arbitrary<Region> = fc.record({ origin: vector, along: vector, across: vector });

const pages: fc.Arbitrary<Raster> = fc
  .tuple(side, side, channels)
  .chain(([width, height, count]) =>
    fc
      .uint8Array({ minLength: width * height * count, maxLength: width * height * count })
      .map((data) => ({ width, height, channels: count, data })),
  );

function pictureOf(page: Raster, region: Region, width: number, height: number): Float32Array {
  const planes = new Float32Array(3 * width * height);
  warp(planes, page, region, { columns: width, rows: height, stride: width });
  return planes;
}

function farthest(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

/** Rows and columns of each plane exchanged by what `from` says of the place (column, row). */
function moved(
  planes: Float32Array,
  width: number,
  height: number,
  from: (x: number, y: number) => number,
): Float32Array {
  const area = width * height;
  return planes.map(
    (_, i) => planes[Math.floor(i / area) * area + from((i % area) % width, Math.floor((i % area) / width))]!,
  );
}

/** The page turned clockwise by a quarter. */
function turnedPage({ width, height, channels: count, data }: Raster): Raster {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [from, to] = [(y * width + x) * count, (x * height + (height - 1 - y)) * count];
      out.set(data.subarray(from, from + count), to);
    }
  }
  return { width: height, height: width, channels: count, data: out };
}

/** A point of the page, or with `0` for its height a vector, after that turn. */
function turnedPoint([x, y]: readonly [number, number], height: number): [number, number] {
  return [height - y, x];
}

test('a page of one colour gives a picture of that colour, wherever the region lies', () => {
  const level = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.tuple(level, level, level),
      regions,
      columns,
      rows,
      (width, height, colour, region, w, h) => {
        const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]!);
        const picture = pictureOf({ width, height, channels: 3, data }, region, w, h);
        const [red, green, blue] = colour;
        const wanted = picture.map((_, i) => [blue, green, red][Math.floor(i / (w * h))]! / 127.5 - 1);
        expect(farthest(picture, wanted)).toBeLessThan(TOLERANCE);
      },
    ),
  );
});

test('no value leaves the range of the page, whatever the region', () => {
  fc.assert(
    fc.property(pages, regions, columns, rows, (page, region, w, h) => {
      const picture = pictureOf(page, region, w, h);
      const [least, most] = [Math.min(...page.data) / 127.5 - 1, Math.max(...page.data) / 127.5 - 1];
      expect(picture.every((value) => value >= least - TOLERANCE && value <= most + TOLERANCE)).toBe(true);
    }),
  );
});

test('a page that is moved on larger paper gives the same picture where the region moved along', () => {
  const shift = fc.integer({ min: 0, max: 9 });
  const inside = fc.record({
    x: fc.double({ min: 1, max: 3, noNaN: true }),
    y: fc.double({ min: 1, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
      shift,
      shift,
      inside,
      columns,
      rows,
      (data, dx, dy, { x, y }, w, h) => {
        const page: Raster = { width: 8, height: 8, channels: 1, data };
        const larger: Raster = { width: 17, height: 17, channels: 1, data: new Uint8Array(17 * 17).fill(99) };
        for (let row = 0; row < 8; row += 1) {
          larger.data.set(data.subarray(row * 8, row * 8 + 8), (row + dy) * 17 + dx);
        }
        const region: Region = { origin: [x, y], along: [4, 0.4], across: [-0.4, 4] };
        const there = pictureOf(larger, { ...region, origin: [x + dx, y + dy] }, w, h);
        expect(farthest(there, pictureOf(page, region, w, h))).toBeLessThan(TOLERANCE);
      },
    ),
  );
});

test('a page turned with its region gives the same picture', () => {
  fc.assert(
    fc.property(pages, regions, columns, rows, (page, { origin, along, across }, w, h) => {
      const region: Region = {
        origin: turnedPoint(origin, page.height),
        along: turnedPoint(along, 0),
        across: turnedPoint(across, 0),
      };
      const picture = pictureOf(page, { origin, along, across }, w, h);
      expect(farthest(pictureOf(turnedPage(page), region, w, h), picture)).toBeLessThan(TOLERANCE);
    }),
  );
});

test('a region turned back gives the picture upside down, turned down the picture on its side', () => {
  fc.assert(
    fc.property(pages, regions, columns, rows, (page, region, w, h) => {
      const picture = pictureOf(page, region, w, h);
      const back = moved(picture, w, h, (x, y) => (h - 1 - y) * w + (w - 1 - x));
      expect(farthest(pictureOf(page, turnedBack(region), w, h), back)).toBeLessThan(TOLERANCE);
      // Columns of the turned picture are rows of this one, the rightmost column the first row.
      const down = moved(picture, h, w, (x, y) => x * w + (w - 1 - y));
      expect(farthest(pictureOf(page, turnedDown(region), h, w), down)).toBeLessThan(TOLERANCE);
    }),
  );
});

test('a picture of one pixel a region is the mean of its pixels', () => {
  fc.assert(
    fc.property(pages, (page) => {
      const { width, height, channels: count, data } = page;
      const picture = pictureOf(page, { origin: [0, 0], along: [width, 0], across: [0, height] }, 1, 1);
      [2, 1, 0].forEach((channel, plane) => {
        const own = data.filter((_, i) => i % count === (count === 1 ? 0 : channel));
        const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
        expect(picture[plane]).toBeCloseTo(mean / 127.5 - 1, 4);
      });
    }),
  );
});

test('by hand: a quarter of a pixel to the right mixes three to one, the diagonal mixes four pixels', () => {
  const page: Raster = { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 100, 200, 40, 80, 240) };
  const levels = (region: Region, w: number, h: number) =>
    Array.from(pictureOf(page, region, w, h).subarray(0, w * h), (value) => Math.round((value + 1) * 12750) / 100);
  // Centres at 0.75 and 1.75 of the first row: 0 and 100, then 100 and 200.
  expect(levels({ origin: [0.25, 0], along: [2, 0], across: [0, 1] }, 2, 1)).toEqual([25, 125]);
  // The centre of the upper left four: (0 + 100 + 40 + 80) / 4.
  expect(levels({ origin: [0.5, 0.5], along: [1, 0], across: [0, 1] }, 1, 1)).toEqual([55]);
  // Turned by 45 degrees around (1, 1), one pixel large: its only sample is that centre too.
  const half = Math.SQRT1_2;
  expect(levels({ origin: [1, 1 - half], along: [half, half], across: [-half, half] }, 1, 1)).toEqual([55]);
  // Three columns to one and two rows to one: the mean of all, 660 / 6.
  expect(levels({ origin: [0, 0], along: [3, 0], across: [0, 2] }, 1, 1)).toEqual([110]);
});
