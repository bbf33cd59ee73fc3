import type { Raster } from '@docusnap/engine';
import { expect, test } from '@jest/globals';
import { turnRaster } from './turn.ts';

const grey = (width: number, height: number, ...data: number[]): Raster => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from(data),
});
const plain = ({ data, ...rest }: Raster) => ({ ...rest, data: [...data] });

test('quarter turns are clockwise and change no pixel', async () => {
  const page = grey(3, 2, 1, 2, 3, 4, 5, 6);
  expect(plain(await turnRaster(page, 90))).toEqual(plain(grey(2, 3, 4, 1, 5, 2, 6, 3)));
  expect(plain(await turnRaster(page, 180))).toEqual(plain(grey(3, 2, 6, 5, 4, 3, 2, 1)));
  expect(plain(await turnRaster(page, 270))).toEqual(plain(grey(2, 3, 3, 6, 2, 5, 1, 4)));
  expect(await turnRaster(page, 0)).toBe(page);
});

test('colours keep their order', async () => {
  const page: Raster = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  expect(plain(await turnRaster(page, 90))).toEqual({ width: 1, height: 2, channels: 3, data: [1, 2, 3, 4, 5, 6] });
});

test('a small turn is clockwise too, enlarges the page and fills its corners with white', async () => {
  const [width, height] = [200, 100];
  // Black, with a white mark at the middle of the right edge, which sinks when the page turns clockwise.
  const data = Array.from({ length: width * height }, (_, i) =>
    i % width > 180 && Math.abs(Math.floor(i / width) - 50) < 5 ? 255 : 0,
  );
  const turned = await turnRaster(grey(width, height, ...data), 5);
  expect(turned.width).toBeGreaterThan(205);
  expect(turned.height).toBeGreaterThan(113);
  const at = (x: number, y: number) => turned.data[y * turned.width + x];
  for (const [x, y] of [
    [0, 0],
    [turned.width - 1, 0],
    [0, turned.height - 1],
    [turned.width - 1, turned.height - 1],
  ] as const) {
    expect(at(x, y)).toBe(255);
  }
  const column = Math.floor(turned.width / 2 + 90 * Math.cos(Math.PI / 36));
  expect(at(column, Math.floor(turned.height / 2 + 90 * Math.sin(Math.PI / 36)))).toBe(255);
  expect(at(column, Math.floor(turned.height / 2 - 90 * Math.sin(Math.PI / 36)))).toBe(0);
});
