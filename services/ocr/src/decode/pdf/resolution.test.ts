import { expect, test } from '@jest/globals';
import type { Character } from './characters.ts';
import type { PdfPage } from './page.ts';
import type { PageObjects, Picture } from './pictures.ts';
import { pictureDpi, pixelsOf, scaleOf } from './resolution.ts';

const A4 = { width: 595, height: 842 } as PdfPage;
const A0 = { width: 2_384, height: 3_370 } as PdfPage;
const NOTHING: PageObjects = { pictures: [], hasDrawings: false, actualTexts: [] };

const print = (size: number, count = 100) =>
  Array.from({ length: count }, () => ({ size, visible: true }) as Character);
const scan = (page: PdfPage, dpi: number): Picture => ({
  left: 0,
  top: 0,
  right: page.width,
  bottom: page.height,
  dpi,
});
const dpiOf = (page: PdfPage, characters: Character[], objects = NOTHING, maxPixels = 100_000_000) =>
  scaleOf(page, characters, objects, { maxPixels }) * 72;

test('a scan is rendered as it was scanned, a finer one at half or a quarter of that', () => {
  const pictures = [96, 204, 300, 400, 600, 1_200].map((dpi) => ({ ...NOTHING, pictures: [scan(A4, dpi)] }));
  expect(pictures.map((objects) => Math.round(dpiOf(A4, [], objects)))).toEqual([96, 204, 300, 400, 300, 300]);
  expect(pictureDpi(scan(A4, 2_400))).toBe(300);
});

test('small print gets more pixels than large, within bounds', () => {
  expect(dpiOf(A4, print(10))).toBeCloseTo(172.8);
  expect(dpiOf(A4, print(6))).toBeCloseTo(288);
  expect(dpiOf(A4, print(40))).toBe(150);
  expect(dpiOf(A4, print(1))).toBe(400);
});

test('some small letters among many large ones do not decide', () => {
  expect(dpiOf(A4, [...print(12, 99), ...print(2, 3)])).toBe(150);
  expect(dpiOf(A4, [...print(12, 90), ...print(6, 10)])).toBeCloseTo(288);
});

test('a poster gets as many pixels as its print needs', () => {
  expect(dpiOf(A0, print(24))).toBe(72);
  expect(dpiOf(A0, print(12))).toBeCloseTo(144);
  expect(
    pixelsOf(A0, scaleOf(A0, [], { ...NOTHING, hasDrawings: true }, { maxPixels: 100_000_000 })).height,
  ).toBeLessThanOrEqual(4_000);
});

test('a digital page with a scan in it is rendered for both', () => {
  const half = { left: 0, top: 0, right: 595, bottom: 400, dpi: 300 };
  expect(dpiOf(A4, print(10), { ...NOTHING, pictures: [half] })).toBe(300);
  const icon = { left: 0, top: 0, right: 60, bottom: 60, dpi: 350 };
  expect(dpiOf(A4, print(10), { ...NOTHING, pictures: [icon] })).toBeCloseTo(172.8);
});

test('no page has more pixels than it may have, nor none', () => {
  for (const maxPixels of [1_000_000, 100_000_000]) {
    const scale = scaleOf(A0, [], { ...NOTHING, pictures: [scan(A0, 400)] }, { maxPixels });
    const { width, height } = pixelsOf(A0, scale);
    expect(width * height).toBeLessThanOrEqual(Math.min(maxPixels, 40_000_000));
  }
  const ribbon = { width: 0.001, height: 14_400 } as PdfPage;
  const { width, height } = pixelsOf(ribbon, scaleOf(ribbon, [], NOTHING, { maxPixels: 100_000_000 }));
  expect(width).toBe(1);
  expect(height).toBeLessThanOrEqual(20_000);
});
