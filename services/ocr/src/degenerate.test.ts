import { linesOf, PageText, type ReadSetting } from '@docusnap/contracts';
import { type Models, type Raster, readPage, type Session } from '@docusnap/engine';
import { drawPage, seededRandom } from '@docusnap/testing';
import { beforeAll, expect, test } from '@jest/globals';
import { decodeFrame } from './decode/decode-frame.ts';
import { loadModels } from './models/load.ts';

/** Pages on which nothing is as the models know it, read by the real models: work and memory stay within bounds, and the contract holds. */

/** Pixels of all that the detector is given: the page once, and once more where it is turned; each at most about 1.5 million, in whole steps. */
const MOST_SEARCHED = 2 * 2_200_000;
/** Pixels of all that the recogniser is given. A full page of small print, 80 lines of 100 letters, is about 10 million. */
const MOST_RECOGNISED = 12_000_000;
/** Seconds of processor time, not of the clock, which others share. The slowest of these pages takes 1.4. */
const MOST_SECONDS = 20;
/** Bytes by which the process may be larger after a page than before. The first large one makes it 190 MiB larger: the detector's own tensors. */
const MOST_GROWTH = 512 * 1024 * 1024;

let models: Models;

beforeAll(async () => {
  ({ models } = await loadModels());
  await readPage(
    models,
    page(64, 64, () => 255),
  );
});

function page(width: number, height: number, level: (x: number, y: number) => number): Raster {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data[y * width + x] = level(x, y);
  }
  return { width, height, channels: 1, data };
}

/** The page turned clockwise by a quarter. */
function turned({ width, height, data }: Raster): Raster {
  return page(height, width, (x, y) => data[(height - 1 - x) * width + y]!);
}

function inColour({ width, height, data }: Raster): Raster {
  return {
    width,
    height,
    channels: 3,
    data: Uint8Array.from({ length: data.length * 3 }, (_, i) => data[(i / 3) | 0]!),
  };
}

const noise = (seed: number) => {
  const random = seededRandom(seed);
  return () => (random() < 0.5 ? 0 : 255);
};

const WORDS = 'Alpha the quick brown fox jumps over the lazy dog and runs along Omega';

/** Print so close to each border of the page that none has air. */
async function borderedPage(): Promise<Raster> {
  const line = (text: string, x: number, y: number) => ({ text, x, y, size: 36 });
  const lines = [
    line('TOP LEFT', 0, 27),
    line('TOP RIGHT', 392, 27),
    line('middle', 230, 210),
    line('FOOT LEFT', 0, 400),
    line('FOOT RIGHT', 367, 400),
  ];
  return decodeFrame(await drawPage({ width: 600, height: 400, lines }), 0, { maxPixels: 1_000_000 });
}

/** A line of print that is repeated along a strip of 20,000 pixels. */
async function printedStrip(): Promise<Raster> {
  const drawing = { width: 2500, height: 40, lines: [{ text: WORDS, x: 20, y: 30, size: 26 }] };
  const part = await decodeFrame(await drawPage(drawing), 0, { maxPixels: 1_000_000 });
  return page(20_000, 40, (x, y) => part.data[y * 2500 + (x % 2500)]!);
}

interface Reading {
  readonly text: PageText;
  /** Pixels given to each model. */
  readonly pixels: Readonly<Record<'detection' | 'orientation' | 'recognition', number>>;
}

/** Reads a page, and holds the reading against the bounds above. */
async function read(raster: Raster, setting: ReadSetting = 'accurate'): Promise<Reading> {
  const pixels = { detection: 0, orientation: 0, recognition: 0 };
  const counted = (model: keyof typeof pixels): Session => ({
    ...models[model],
    run: (inputs) => {
      for (const { dims } of Object.values(inputs)) pixels[model] += dims[2]! * dims[3]!;
      return models[model].run(inputs);
    },
  });
  const observed = {
    ...models,
    detection: counted('detection'),
    orientation: counted('orientation'),
    recognition: counted('recognition'),
  };
  const [rss, started] = [process.memoryUsage.rss(), process.cpuUsage()];
  const text = await readPage(observed, raster, { setting });
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
  expect(process.memoryUsage.rss() - rss).toBeLessThan(MOST_GROWTH);
  expect(pixels.detection).toBeLessThan(MOST_SEARCHED);
  expect(pixels.recognition).toBeLessThan(MOST_RECOGNISED);
  expect(PageText.parse(text)).toEqual(text);
  expect([text.width, text.height, text.source]).toEqual([raster.width, raster.height, 'ocr']);
  for (const { quad, words } of linesOf(text)) {
    expect([quad, ...words.map((word) => word.quad)].flat(2).every(Number.isFinite)).toBe(true);
  }
  return { text, pixels };
}

test.each<[string, Raster]>([
  ['a blank page', page(500, 700, () => 255)],
  ['a blank page in colour', inColour(page(300, 400, () => 250))],
  ['one white pixel', page(1, 1, () => 255)],
  ['one black pixel', page(1, 1, () => 0)],
  ['an all black page', page(500, 700, () => 0)],
  ['a grey page', page(200, 300, () => 128)],
  ['one dot', page(500, 700, (x, y) => (x === 250 && y === 350 ? 0 : 255))],
  ['a blank strip of 20,000 pixels', page(20_000, 8, () => 255)],
  ['a blank column of 20,000 pixels', page(8, 20_000, () => 255)],
  ['a column of noise one pixel wide', page(1, 20_000, noise(1))],
  ['a row of noise one pixel high', page(20_000, 1, noise(2))],
  ['a chessboard of single pixels', page(400, 300, (x, y) => ((x + y) % 2) * 255)],
])('%s has no text, and no line is looked for in it', async (_, raster) => {
  const { text, pixels } = await read(raster);
  expect([text.blocks, text.angle, pixels.recognition]).toEqual([[], 0, 0]);
});

test.each<[string, Raster]>([
  ['a page of noise of the greatest contrast', page(400, 500, noise(3))],
  [
    'a page of coloured noise',
    { width: 300, height: 300, channels: 3, data: Uint8Array.from({ length: 270_000 }, noise(4)) },
  ],
  [
    'a page of noise in blocks as large as letters',
    page(
      480,
      480,
      (
        (at) => (x: number, y: number) =>
          at[(y >> 4) * 30 + (x >> 4)]!
      )(Array.from({ length: 900 }, noise(5))),
    ),
  ],
  ['a chessboard of squares as large as letters', page(480, 480, (x, y) => (((x >> 4) + (y >> 4)) % 2) * 255)],
  ['stripes as thick as print along the page', page(480, 480, (_x, y) => ((y >> 4) % 2) * 255)],
  ['stripes as thick as print down the page', page(480, 480, (x) => ((x >> 4) % 2) * 255)],
  ['a black strip of 20,000 pixels with gaps', page(20_000, 40, (x) => (x % 100 < 60 ? 0 : 255))],
])('%s is read within bounds, whatever is seen in it', async (_, raster) => {
  await read(raster);
});

test('print that touches all four borders is read, though nothing is beyond them', async () => {
  const { text } = await read(await borderedPage());
  const found = linesOf(text).map((line) => line.text);
  expect(found).toEqual(['TOP LEFT', 'TOP RIGHT', 'middle', 'FOOT LEFT', 'FOOT RIGHT']);
});

test('a strip of print 20,000 pixels long is read to its end, along the page and down it, in both settings', async () => {
  const strip = await printedStrip();
  for (const [raster, angle, setting] of [
    [strip, 0, 'accurate'],
    [turned(strip), 90, 'fast'],
  ] as const) {
    const { text } = await read(raster, setting);
    expect(text.angle).toBe(angle);
    const all = linesOf(text)
      .map((line) => line.text)
      .join(' ');
    expect(all.match(/Alpha/g)).toHaveLength(8);
    expect(all.match(/Omega/g)).toHaveLength(8);
  }
});
