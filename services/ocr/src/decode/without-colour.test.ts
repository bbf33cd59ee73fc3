import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodeFrame } from './decode-frame.ts';
import { withoutColour } from './without-colour.ts';

const WIDTH = 70;
const HEIGHT = 50;

/** Grey levels written as colours. */
function grey() {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (Math.floor(i / 3) * 37) & 255);
  return { width: WIDTH, height: HEIGHT, channels: 3 as const, data };
}

test('a page that was written in colours and has none becomes one channel with the same levels', () => {
  const page = grey();
  const { channels, data } = withoutColour(page);
  expect([channels, data.length]).toEqual([1, WIDTH * HEIGHT]);
  expect(data.every((level, i) => level === page.data[i * 3])).toBe(true);
});

test('one pixel of colour, wherever it is, keeps the colours', () => {
  for (const at of [0, 1, 1_009, WIDTH * HEIGHT - 1]) {
    for (const channel of [0, 1, 2]) {
      const page = grey();
      page.data[at * 3 + channel]! ^= 1;
      expect(withoutColour(page)).toBe(page);
    }
  }
});

test('a PNG of grey colours is decoded to grey', async () => {
  const { width, height, channels, data } = grey();
  const png = await sharp(data, { raw: { width, height, channels } }).png().toBuffer();
  expect((await sharp(png).metadata()).space).toBe('srgb');
  expect(await decodeFrame(png, 0, { maxPixels: 10_000 })).toMatchObject({ width, height, channels: 1 });
});
