import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { drawPages, planPages } from './drawn-pages.ts';

test('pages have many sizes, from receipts to large scans, and a few are blank', () => {
  const pages = planPages(100, 7);
  expect(new Set(pages.map(({ width, height }) => `${width}x${height}`)).size).toBeGreaterThan(95);
  expect(Math.max(...pages.map(({ height }) => height))).toBeGreaterThan(2_800);
  expect(Math.min(...pages.map(({ width }) => width))).toBeLessThan(600);
  expect(pages.filter(({ lines }) => lines.length === 0)).toHaveLength(2);
});

test('print stays on its page', () => {
  for (const { lines, width, height } of planPages(100, 7)) {
    for (const { x, y } of lines) {
      expect(x).toBeLessThan(width / 2);
      expect(y).toBeLessThan(height);
    }
  }
});

test('the same seed plans the same pages, another one others, and they are drawn in their sizes', async () => {
  const [first] = planPages(1, 7);
  expect(planPages(1, 7)).toEqual([first]);
  expect(planPages(1, 8)).not.toEqual([first]);
  const [drawn] = await drawPages(1, 7);
  const { width, height } = await sharp(drawn!.bytes).metadata();
  expect([width, height]).toEqual([first?.width, first?.height]);
});
