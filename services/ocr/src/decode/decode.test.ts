import { Buffer } from 'node:buffer';
import { AppError } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { decodeFrame } from './decode-frame.ts';
import { openImage } from './open-image.ts';

const options = { maxPixels: 1_000_000 };
const WIDTH = 60;
const HEIGHT = 40;

/** Red in the upper left quarter, white elsewhere: shows turns and colours. */
function picture(): Sharp {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3, 255);
  for (let y = 0; y < HEIGHT / 2; y += 1) {
    for (let x = 0; x < WIDTH / 2; x += 1) {
      data.set([255, 0, 0], (y * WIDTH + x) * 3);
    }
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

/** Such that it cannot be compressed away. */
function noise(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0, state = 1; i < data.length; i += 1) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    data[i] = state >>> 24;
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const ENCODERS: readonly [string, (image: Sharp) => Sharp][] = [
  ['JPEG', (image) => image.jpeg({ quality: 95 })],
  ['PNG', (image) => image.png()],
  ['WebP', (image) => image.webp({ lossless: true })],
  ['GIF', (image) => image.gif()],
  ['TIFF', (image) => image.tiff({ compression: 'lzw' })],
  ['AVIF', (image) => image.avif({ effort: 0, quality: 80 })],
];

/** The colour of a pixel of a raster of colours. */
async function pixelsOf(bytes: Buffer, points: readonly (readonly [number, number])[], frame = 0) {
  const { width, channels, data } = await decodeFrame(bytes, frame, options);
  return points.map(([x, y]) => Array.from(data.subarray((y * width + x) * channels, (y * width + x + 1) * channels)));
}

function near(...levels: number[]) {
  return levels.map((level) => expect.closeTo(level, -1.6));
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof AppError ? error.code : `not an AppError: ${error}`;
  }
  return 'no error';
}

test.each(ENCODERS)('%s is opened and decoded', async (_, encode) => {
  const bytes = await encode(picture()).toBuffer();
  expect(await openImage(bytes, options)).toEqual({ frames: 1 });
  const raster = await decodeFrame(bytes, 0, options);
  expect([raster.width, raster.height, raster.channels]).toEqual([WIDTH, HEIGHT, 3]);
  expect(raster.data.length).toBe(WIDTH * HEIGHT * 3);
  const [red, white] = await pixelsOf(bytes, [
    [10, 8],
    [50, 30],
  ]);
  expect([red, white]).toEqual([near(255, 0, 0), near(255, 255, 255)]);
});

/** Where the red quarter's middle comes to lie, by EXIF orientation of the picture as stored. */
const QUARTERS: readonly [number, readonly [number, number]][] = [
  [1, [15, 10]],
  [2, [45, 10]],
  [3, [45, 30]],
  [4, [15, 30]],
  [5, [10, 15]],
  [6, [30, 15]],
  [7, [30, 45]],
  [8, [10, 45]],
];

test.each(QUARTERS)('EXIF orientation %i is made upright', async (orientation, point) => {
  const bytes = await picture().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
  const raster = await decodeFrame(bytes, 0, options);
  expect([raster.width, raster.height]).toEqual(orientation < 5 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]);
  expect((await pixelsOf(bytes, [point]))[0]).toEqual(near(255, 0, 0));
});

test('grey stays one channel', async () => {
  const bytes = await picture().toColourspace('b-w').png().toBuffer();
  const raster = await decodeFrame(bytes, 0, options);
  expect([raster.channels, raster.data.length]).toEqual([1, WIDTH * HEIGHT]);
});

test.each([
  ['grey', 1 as const],
  ['colour', 3 as const],
])('16 bits of %s become 8', async (_, channels) => {
  const raw = new Uint16Array(64 * channels).fill(0x8000);
  // The last of them is blue, or lighter.
  raw[raw.length - 1] = 0xffff;
  const bytes = await sharp(raw, { raw: { width: 8, height: 8, channels } })
    .toColourspace(channels === 1 ? 'grey16' : 'rgb16')
    .png()
    .toBuffer();
  expect((await sharp(bytes).metadata()).depth).toBe('ushort');
  const raster = await decodeFrame(bytes, 0, options);
  expect([raster.channels, raster.data.length, raster.data[0]]).toEqual([channels, 64 * channels, 128]);
});

test('a palette becomes colours', async () => {
  const bytes = await picture().png({ palette: true, colours: 4 }).toBuffer();
  expect((await sharp(bytes).metadata()).isPalette).toBe(true);
  expect(await pixelsOf(bytes, [[10, 8]])).toEqual([near(255, 0, 0)]);
});

test('a CMYK JPEG becomes sRGB', async () => {
  const bytes = await picture().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  expect((await sharp(bytes).metadata()).space).toBe('cmyk');
  const [red, white] = await pixelsOf(bytes, [
    [10, 8],
    [50, 30],
  ]);
  expect(white).toEqual(near(255, 255, 255));
  expect(red![0]).toBeGreaterThan(200);
  expect(Math.max(red![1]!, red![2]!)).toBeLessThan(90);
});

test('a black and white TIFF is read as grey', async () => {
  const bytes = await picture()
    .greyscale()
    .threshold(200)
    .toColourspace('b-w')
    .tiff({ bitdepth: 1, compression: 'ccittfax4' })
    .toBuffer();
  const raster = await decodeFrame(bytes, 0, options);
  expect(raster.channels).toBe(1);
  expect([raster.data[0], raster.data[raster.data.length - 1]]).toEqual([0, 255]);
});

test('each page of a TIFF is a frame', async () => {
  const bytes = multipageTiff();
  expect(await openImage(bytes, options)).toEqual({ frames: 3 });
  for (const [frame, level] of [10, 120, 240].entries()) {
    const raster = await decodeFrame(bytes, frame, options);
    expect([raster.width, raster.height, raster.data[0]]).toEqual([20, 10, level]);
  }
});

test('a page that is not in the file is an error', async () => {
  expect(await codeOf(decodeFrame(multipageTiff(), 3, options))).toBe('file_undecodable');
});

test.each([
  ['GIF', 'gif' as const],
  ['WebP', 'webp' as const],
])('of an animated %s only the first frame is read', async (_, format) => {
  const levels = [10, 120, 240];
  const data = Buffer.concat(levels.map((level) => Buffer.alloc(20 * 10 * 3, level)));
  const stack = sharp(data, { raw: { width: 20, height: 30, channels: 3, pageHeight: 10 } });
  const bytes = await stack.toFormat(format, { lossless: true }).toBuffer();
  expect((await sharp(bytes).metadata()).pages).toBe(3);
  expect(await openImage(bytes, options)).toEqual({ frames: 1 });
  const raster = await decodeFrame(bytes, 0, options);
  expect([raster.width, raster.height]).toEqual([20, 10]);
  expect(raster.data[0]).toBeLessThan(20);
});

test.each(ENCODERS)('half a %s is an error, not half a page', async (_, encode) => {
  const whole = await encode(noise(200, 200)).toBuffer();
  expect(await codeOf(decodeFrame(whole.subarray(0, whole.length >> 1), 0, options))).toBe('file_truncated');
});

test('a JPEG with bytes behind its end is read', async () => {
  const bytes = Buffer.concat([await picture().jpeg().toBuffer(), Buffer.alloc(500, 7)]);
  expect((await decodeFrame(bytes, 0, options)).width).toBe(WIDTH);
});

test('random bytes are undecodable', async () => {
  const { data } = await noise(50, 20).raw().toBuffer({ resolveWithObject: true });
  expect(await codeOf(openImage(data, options))).toBe('file_undecodable');
  expect(await codeOf(decodeFrame(data, 0, options))).toBe('file_undecodable');
});

test.each(ENCODERS)('random bytes behind the header of a %s end in an AppError', async (_, encode) => {
  const bytes = Buffer.from(await encode(noise(80, 80)).toBuffer());
  const { data } = await noise(80, 80).raw().toBuffer({ resolveWithObject: true });
  data.copy(bytes, 64, 0, Math.min(data.length, bytes.length - 64));
  const code = await codeOf(decodeFrame(bytes, 0, options));
  expect(['file_undecodable', 'file_truncated', 'too_many_pixels', 'no error']).toContain(code);
});

test('an empty file says so', async () => {
  expect(await codeOf(openImage(Buffer.alloc(0), options))).toBe('file_empty');
  expect(await codeOf(decodeFrame(Buffer.alloc(0), 0, options))).toBe('file_empty');
});

test('an image of another type is refused, though sharp could read it', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>');
  expect(await codeOf(openImage(svg, options))).toBe('file_type_unsupported');
});

test('too many pixels are refused by the header, without decoding', async () => {
  const bytes = await noise(200, 200).png().toBuffer();
  expect(await codeOf(openImage(bytes, { maxPixels: 39_999 }))).toBe('too_many_pixels');
  expect(await codeOf(decodeFrame(bytes, 0, { maxPixels: 39_999 }))).toBe('too_many_pixels');
  expect(await openImage(bytes, { maxPixels: 40_000 })).toEqual({ frames: 1 });
});

test('a header that promises a huge page is refused before memory is spent', async () => {
  const bytes = Buffer.from(await picture().png().toBuffer());
  // Width and height of a PNG stand at 16 and 20, the CRC of that chunk at 29.
  bytes.writeUInt32BE(30_000, 16);
  bytes.writeUInt32BE(30_000, 20);
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
  const before = process.memoryUsage.rss();
  expect(await codeOf(decodeFrame(bytes, 0, options))).toBe('too_many_pixels');
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}

/** Three grey pages of 20 x 10, their pixels uncompressed; sharp writes single pages only, so the directory is written here. */
function multipageTiff(): Buffer {
  const levels = [10, 120, 240];
  const ENTRIES = 9;
  const pageBytes = 20 * 10 + 2 + ENTRIES * 12 + 4;
  const bytes = Buffer.alloc(8 + pageBytes * levels.length);
  bytes.write('II', 0, 'latin1');
  bytes.writeUInt16LE(42, 2);
  bytes.writeUInt32LE(8 + 200, 4);
  levels.forEach((level, page) => {
    const start = 8 + page * pageBytes;
    bytes.fill(level, start, start + 200);
    const tags: readonly [number, number][] = [
      [256, 20], // width
      [257, 10], // height
      [258, 8], // bits
      [259, 1], // not compressed
      [262, 1], // 0 is black
      [273, start], // where the pixels begin
      [277, 1], // samples a pixel
      [278, 10], // rows a strip
      [279, 200], // bytes of the strip
    ];
    let at = bytes.writeUInt16LE(tags.length, start + 200);
    for (const [tag, value] of tags) {
      at = bytes.writeUInt16LE(tag, at);
      at = bytes.writeUInt16LE(4, at);
      at = bytes.writeUInt32LE(1, at);
      at = bytes.writeUInt32LE(value, at);
    }
    const last = page === levels.length - 1;
    bytes.writeUInt32LE(last ? 0 : start + pageBytes + 200, at);
  });
  return bytes;
}
