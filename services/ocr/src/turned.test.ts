import { readFile } from 'node:fs/promises';
import { linesOf, type PageText } from '@docusnap/contracts';
import { type Models, type Raster, readPage } from '@docusnap/engine';
import { beforeAll, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodeFrame } from './decode/decode-frame.ts';
import { loadModels } from './models/load.ts';

const sample = new URL('../../../deploy/embedded/sample/invoice.jpg', import.meta.url);

let models: Models;
let page: Raster;
let upright: PageText;

beforeAll(async () => {
  models = (await loadModels()).models;
  page = await decodeFrame(await readFile(sample), 0, { maxPixels: 100_000_000 });
  upright = await readPage(models, page);
});

/** The page turned clockwise, enlarged with paper where it does not fit. */
async function turnedBy(degrees: number): Promise<Raster> {
  const { width, height, channels } = page;
  const { data, info } = await sharp(page.data, { raw: { width, height, channels } })
    .rotate(degrees, { background: '#f0f0f0' })
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 1, data };
}

function wordsOf(text: PageText) {
  return linesOf(text).flatMap(({ words }) => words);
}

/** The middle of a word. */
function middleOf([a, , c]: PageText['blocks'][number]['quad']): [number, number] {
  return [(a[0] + c[0]) / 2, (a[1] + c[1]) / 2];
}

/** Where a point of the upright page lies on the turned page: both turn around their middles. */
function onTurned([x, y]: [number, number], degrees: number, turned: PageText): [number, number] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const [dx, dy] = [x - page.width / 2, y - page.height / 2];
  return [turned.width / 2 + dx * cos - dy * sin, turned.height / 2 + dx * sin + dy * cos];
}

test('an upright page says how little it is turned', () => {
  expect(Math.min(upright.angle!, 360 - upright.angle!)).toBeLessThan(2);
});

test.each([90, 180, 270])(
  'turned by %s degrees it has the same text, its angle, and its words where they are',
  async (degrees) => {
    const turned = await readPage(models, await turnedBy(degrees));
    expect(linesOf(turned).map(({ text }) => text)).toEqual(linesOf(upright).map(({ text }) => text));
    expect(turned.angle).toBeCloseTo((upright.angle! + degrees) % 360, 1);
    const words = wordsOf(turned);
    wordsOf(upright).forEach((word, index) => {
      const [x, y] = onTurned(middleOf(word.quad), degrees, turned);
      const [foundX, foundY] = middleOf(words[index]!.quad);
      expect(Math.hypot(foundX - x, foundY - y)).toBeLessThan(3);
    });
  },
);

test.each([-5, 5])(
  'skewed by %s degrees nearly all words are read, where they are, with the angle',
  async (degrees) => {
    const turned = await readPage(models, await turnedBy(degrees));
    const off = (turned.angle! - upright.angle! - degrees + 720) % 360;
    expect(Math.min(off, 360 - off)).toBeLessThan(0.5);
    const found = wordsOf(turned);
    const words = wordsOf(upright);
    const again = words.filter(({ text, quad }) => {
      const [x, y] = onTurned(middleOf(quad), degrees, turned);
      return found.some((other) => {
        const [foundX, foundY] = middleOf(other.quad);
        return other.text === text && Math.hypot(foundX - x, foundY - y) < 12;
      });
    });
    expect(again.length).toBeGreaterThanOrEqual(words.length * 0.95);
  },
);
