import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { drawPage, type PageDrawing } from './draw-page.ts';
import { textWidth } from './fonts.ts';
import { invoiceDrawing, invoiceText } from './invoice.ts';
import { seededNormal, seededRandom } from './random.ts';

const sample = new URL('../../../../deploy/embedded/sample/', import.meta.url);

const small: PageDrawing = {
  width: 200,
  height: 60,
  lines: [{ text: 'Invoice 7', x: 20, y: 40, size: 30 }],
  noise: 5,
  blur: 0.6,
  shade: 0.2,
  rotateDegrees: 2,
};

test('the same drawing gives the same bytes, another seed does not', async () => {
  const [first, second, other] = [await drawPage(small), await drawPage(small), await drawPage({ ...small, seed: 2 })];
  expect(first.equals(second)).toBe(true);
  expect(first.equals(other)).toBe(false);
});

test('a page has the size asked for, is grey, and has ink where the line stands and nowhere else', async () => {
  const plain = await drawPage({ ...small, noise: 0, blur: 0, shade: 0, rotateDegrees: 0 });
  const { data, info } = await sharp(plain).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([200, 60, 1]);
  const inked = (y: number) => data.subarray(y * 200, (y + 1) * 200).some((level) => level < 128);
  expect(Array.from({ length: 60 }, (_, y) => y).find(inked)).toBeGreaterThan(10);
  expect(inked(30)).toBe(true);
  expect(inked(45)).toBe(false);
});

test('text is as wide as its letters, larger text is wider in proportion', () => {
  expect(textWidth('mm', 20)).toBeCloseTo(2 * textWidth('m', 20));
  expect(textWidth('Total', 40)).toBeCloseTo(2 * textWidth('Total', 20));
});

test('random numbers are even, and repeat with their seed', () => {
  const numbers = Array.from({ length: 2000 }, seededRandom(7));
  expect(numbers.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(numbers.reduce((sum, value) => sum + value, 0) / 2000).toBeCloseTo(0.5, 1);
  expect(Array.from({ length: 5 }, seededRandom(7))).toEqual(numbers.slice(0, 5));
});

test('normal numbers have deviation one', () => {
  const numbers = Array.from({ length: 4000 }, seededNormal(3));
  expect(numbers.reduce((sum, value) => sum + value, 0) / 4000).toBeCloseTo(0, 1);
  expect(Math.sqrt(numbers.reduce((sum, value) => sum + value * value, 0) / 4000)).toBeCloseTo(1, 1);
});

test('the known lines that are shipped with the sample are those that are drawn', async () => {
  expect(await readFile(new URL('invoice.txt', sample), 'utf8')).toBe(invoiceText());
});

test('the sample that is shipped is what the script draws', async () => {
  const levels = async (bytes: Buffer) => sharp(bytes).toColourspace('b-w').raw().toBuffer();
  const shipped = await levels(await readFile(new URL('invoice.jpg', sample)));
  const drawn = await levels(await drawPage(invoiceDrawing()));
  expect(shipped.length).toBe(drawn.length);
  // Not byte by byte: another build of the JPEG encoder may round otherwise.
  const difference = shipped.reduce((sum, level, i) => sum + Math.abs(level - drawn[i]!), 0);
  expect(difference / drawn.length).toBeLessThan(2);
});

test('the sample is small enough to ship', async () => {
  expect((await readFile(new URL('invoice.jpg', sample))).length).toBeLessThan(300_000);
});
