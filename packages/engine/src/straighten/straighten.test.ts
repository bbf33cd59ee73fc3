import { expect, test } from '@jest/globals';
import { detect } from '../detect/detect.ts';
import { lengthOf, quadOf } from '../geometry/region.ts';
import type { Models, Session, Tensor } from '../models.ts';
import { prepare } from '../prepare/prepare.ts';
import type { Raster } from '../raster.ts';
import { EFFORTS } from '../settings.ts';
import { straighten } from './straighten.ts';
import type { Quarter } from './view.ts';

/** Lines of "print": bars whose upper half is darker than their lower half, so that their top can be told. */
const WIDTH = 600;
const HEIGHT = 400;
const BARS = [60, 120, 180, 240, 300].map((y, index) => ({ x: 50, y, width: 400 - index * 40, height: 20 }));

function printedPage(quarter: Quarter): Raster {
  const upright = new Uint8Array(WIDTH * HEIGHT).fill(255);
  for (const { x, y, width, height } of BARS) {
    for (let row = 0; row < height; row += 1) {
      const from = (y + row) * WIDTH + x;
      upright.fill(row < height / 2 ? 0 : 110, from, from + width);
    }
  }
  const [width, height] = quarter % 2 === 0 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH];
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const [u, v] = [
      [x, y],
      [y, HEIGHT - 1 - x],
      [WIDTH - 1 - x, HEIGHT - 1 - y],
      [WIDTH - 1 - y, x],
    ][quarter]!;
    return upright[v! * WIDTH + u!]!;
  });
  return { width, height, channels: 1, data };
}

/** How much lighter the lower half of a picture is than its upper half, -2..2. */
function fallOf({ data, dims }: Tensor): number {
  const [, , rows = 0, columns = 0] = dims;
  const middle = (rows / 2) * columns;
  const sum = (from: number, to: number) => data.subarray(from, to).reduce((total, value) => total + value, 0);
  return (sum(middle, rows * columns) - sum(0, middle)) / middle;
}

function session(output: (input: Tensor) => Tensor): Session & { calls: () => number } {
  let calls = 0;
  return {
    inputNames: ['x'],
    outputNames: ['y'],
    run: async ({ x }) => {
      calls += 1;
      return { y: output(x!) };
    },
    calls: () => calls,
  };
}

/** Sees text where it is dark; says of a line that it is upside down, and reads it surely, by where it is darker. */
function scripted({ turnedFrom = 0.05, surely = (fall: number) => fall > 0.05 } = {}) {
  const detection = session(({ data, dims }) => {
    const map = Float32Array.from({ length: dims[2]! * dims[3]! }, (_, i) => (data[i]! < 0 ? 0.9 : 0.1));
    return { data: map, dims: [1, 1, dims[2]!, dims[3]!] };
  });
  const orientation = session((input) => {
    const turned = -fallOf(input) > turnedFrom ? 0.95 : 0.05;
    return { data: Float32Array.of(1 - turned, turned), dims: [1, 2] };
  });
  const recognition = session((input) => {
    const probability = surely(fallOf(input)) ? 0.98 : 0.55;
    return { data: Float32Array.of(1 - probability, probability), dims: [1, 1, 2] };
  });
  const version = { name: 'n', sha256: '0' };
  const models: Models = {
    detection,
    orientation,
    recognition,
    alphabet: ['', 'a'],
    versions: { detection: version, orientation: version, recognition: version },
  };
  return { models, detection, orientation, recognition };
}

async function straightened(page: Raster, models: Models) {
  const [effort, first] = [EFFORTS.accurate, prepare(page, EFFORTS.accurate.searchPixels)];
  const found = { search: first, regions: await detect(models.detection, first) };
  return straighten(models, page, found, { first, effort });
}

test('an upright page is searched once, nothing is read for it, and its lines are asked for the five answers that orient needs', async () => {
  const { models, detection, orientation, recognition } = scripted();
  const { quarter, columns, asked } = await straightened(printedPage(0), models);
  expect([quarter, columns, asked.length]).toEqual([0, false, 5]);
  expect([detection.calls(), orientation.calls(), recognition.calls()]).toEqual([1, 5, 0]);
});

test.each([1, 2, 3] as const)(
  'a page turned by %s quarters is searched again, and its lines run from their tops on the page as delivered',
  async (quarter) => {
    const { models, detection } = scripted();
    const upright = await straightened(printedPage(0), models);
    const calls = detection.calls();
    const page = printedPage(quarter);
    const straight = await straightened(page, models);
    expect(straight.quarter).toBe(quarter);
    expect(detection.calls() - calls).toBe(2);
    const sorted = (lengths: number[]) => lengths.sort((a, b) => a - b).map((length) => expect.closeTo(length, 1));
    expect(straight.regions.map(lengthOf).sort((a, b) => a - b)).toEqual(sorted(upright.regions.map(lengthOf)));
    for (const region of straight.regions) {
      const [x, y] = [
        region.origin[0] + region.along[0] / 2 + region.across[0] * 0.35,
        region.origin[1] + region.along[1] / 2 + region.across[1] * 0.35,
      ];
      expect(page.data[Math.floor(y) * page.width + Math.floor(x)]).toBe(0);
      for (const [left, top] of quadOf(region)) {
        expect([left >= 0, top >= 0, left <= page.width, top <= page.height]).toEqual([true, true, true, true]);
      }
    }
  },
);

test('a classifier that takes an upright page for one upside down is not believed when the lines read better as they stand', async () => {
  const { models } = scripted({ turnedFrom: -10 });
  expect((await straightened(printedPage(0), models)).quarter).toBe(0);
});

test('lines that run down and read neither way leave the page as it is', async () => {
  const { models, detection } = scripted({ surely: () => false });
  const { quarter, columns } = await straightened(printedPage(1), models);
  expect([quarter, columns, detection.calls()]).toEqual([0, false, 1]);
});

test('lines that run down and read as surely letter by letter are columns of a page that is not turned', async () => {
  const { models, detection } = scripted({ surely: () => true });
  const { quarter, columns, regions } = await straightened(printedPage(1), models);
  expect([quarter, columns, detection.calls(), regions.length]).toEqual([0, true, 1, 5]);
});

test('a page without lines is left alone', async () => {
  const { models } = scripted();
  const blank: Raster = { width: 50, height: 50, channels: 1, data: new Uint8Array(2500).fill(255) };
  expect(await straightened(blank, models)).toEqual({ regions: [], quarter: 0, columns: false, asked: [] });
});
