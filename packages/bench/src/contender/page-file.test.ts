import { join } from 'node:path';
import { temporaryFolder } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { inColour, type Pixels, readPixels, writePage } from './page-file.ts';

const grey: Pixels = { width: 3, height: 2, channels: 1, data: Uint8Array.of(0, 50, 255, 1, 2, 3) };
const colour: Pixels = { width: 1, height: 2, channels: 3, data: Uint8Array.of(255, 0, 10, 20, 30, 40) };

test.each([
  ['grey', grey],
  ['colour', colour],
])('a page in %s is read back as it was, by us and as the TIFF that it is', async (_, pixels) => {
  const folder = await temporaryFolder('page');
  try {
    const page = await writePage(join(folder.path, 'page.tif'), pixels);
    const back = await readPixels(page);
    expect([back.width, back.height, back.channels, [...back.data]]).toEqual([
      pixels.width,
      pixels.height,
      pixels.channels,
      [...pixels.data],
    ]);
    const { data, info } = await sharp(page.path)
      .toColourspace(pixels.channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels, [...data]]).toEqual([
      pixels.width,
      pixels.height,
      pixels.channels,
      [...pixels.data],
    ]);
  } finally {
    await folder.remove();
  }
});

test('grey becomes three equal colours, and a fourth sample is opaque', () => {
  expect([...inColour({ ...grey, width: 2, height: 1 }, 3)]).toEqual([0, 0, 0, 50, 50, 50]);
  expect([...inColour(colour, 4)]).toEqual([255, 0, 10, 255, 20, 30, 40, 255]);
});
