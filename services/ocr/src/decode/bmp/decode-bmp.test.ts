import { AppError } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodeFrame } from '../decode-frame.ts';

const options = { maxPixels: 1_000_000 };
const RED = [200, 10, 20];
const GREEN = [30, 220, 40];
const BLUE = [50, 60, 240];
const WHITE = [255, 255, 255];
/** Two rows of three pixels, from the top. */
const PIXELS = [RED, GREEN, BLUE, WHITE, BLUE, RED];
const PALETTE = [RED, GREEN, BLUE, WHITE];
const INDICES = PIXELS.map((colour) => PALETTE.indexOf(colour));

interface Drawing {
  readonly bits: number;
  /** Rows as they lie in the file, each filled up to four bytes. */
  readonly rows: Buffer;
  readonly compression?: number;
  readonly masks?: readonly number[];
  readonly palette?: readonly number[][];
  readonly headerBytes?: number;
  readonly size?: readonly [number, number];
}

function bmp({
  bits,
  rows,
  compression = 0,
  masks = [],
  palette = [],
  headerBytes = 40,
  size = [3, 2],
}: Drawing): Buffer {
  const header = Buffer.alloc(14 + Math.max(headerBytes, 40));
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(headerBytes, 14);
  header.writeInt32LE(size[0], 18);
  header.writeInt32LE(size[1], 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  header.writeUInt32LE(palette.length, 46);
  const outside = Buffer.alloc(headerBytes === 40 ? masks.length * 4 : 0);
  for (const [i, mask] of masks.entries()) {
    if (headerBytes === 40) outside.writeUInt32LE(mask, i * 4);
    else header.writeUInt32LE(mask, 54 + i * 4);
  }
  const colours = Buffer.from(palette.flatMap(([r, g, b]) => [b!, g!, r!, 0]));
  header.writeUInt32LE(header.length + outside.length + colours.length, 10);
  return Buffer.concat([header, outside, colours, rows]);
}

/** Rows from the bottom, each pixel by `write`, filled up to four bytes. */
function rowsOf(bytesEach: number, write: (row: Buffer, x: number, i: number) => void, topDown = false): Buffer {
  const rows = [0, 1].map((y) => {
    const row = Buffer.alloc(Math.ceil((bytesEach * 3) / 4) * 4);
    for (let x = 0; x < 3; x += 1) write(row, x, y * 3 + x);
    return row;
  });
  return Buffer.concat(topDown ? rows : rows.reverse());
}

const bgr = (topDown = false) =>
  rowsOf(3, (row, x, i) => row.set([PIXELS[i]![2]!, PIXELS[i]![1]!, PIXELS[i]![0]!], x * 3), topDown);
const packed = (bits: number) =>
  rowsOf(1, (row, x, i) => {
    const at = x * bits;
    row[at >> 3]! |= INDICES[i]! << (8 - bits - (at & 7));
  });
const words = (value: (colour: number[]) => number) =>
  rowsOf(2, (row, x, i) => row.writeUInt16LE(value(PIXELS[i]!), x * 2));
const longs = (value: (colour: number[]) => number) =>
  rowsOf(4, (row, x, i) => row.writeUInt32LE(value(PIXELS[i]!) >>> 0, x * 4));
const run = (...bytes: number[]) => Buffer.from(bytes);
const top = INDICES.slice(0, 3);
const bottom = INDICES.slice(3);

const KINDS: readonly [string, Buffer, number][] = [
  ['24 bits', bmp({ bits: 24, rows: bgr() }), 0],
  ['24 bits from the top', bmp({ bits: 24, rows: bgr(true), size: [3, -2] }), 0],
  ['32 bits', bmp({ bits: 32, rows: longs(([r, g, b]) => r! * 65_536 + g! * 256 + b!) }), 0],
  [
    '32 bits with masks',
    bmp({
      bits: 32,
      compression: 3,
      masks: [0xff, 0xff00, 0xff0000],
      rows: longs(([r, g, b]) => b! * 65_536 + g! * 256 + r!),
    }),
    0,
  ],
  [
    '16 bits, five each',
    bmp({ bits: 16, rows: words(([r, g, b]) => ((r! >> 3) << 10) | ((g! >> 3) << 5) | (b! >> 3)) }),
    8,
  ],
  [
    '16 bits with masks in a version 4 header',
    bmp({
      bits: 16,
      compression: 3,
      headerBytes: 108,
      masks: [0xf800, 0x07e0, 0x001f, 0],
      rows: words(([r, g, b]) => ((r! >> 3) << 11) | ((g! >> 2) << 5) | (b! >> 3)),
    }),
    8,
  ],
  ['8 bits of a palette', bmp({ bits: 8, palette: PALETTE, rows: packed(8) }), 0],
  ['4 bits of a palette', bmp({ bits: 4, palette: PALETTE, rows: packed(4) }), 0],
  ['2 bits of a palette', bmp({ bits: 2, palette: PALETTE, rows: packed(2) }), 0],
  [
    'run lengths of 8 bits',
    bmp({
      bits: 8,
      compression: 1,
      palette: PALETTE,
      // The bottom row as three runs, the top one as three literal indices, which end on an even address.
      rows: run(...bottom.flatMap((index) => [1, index]), 0, 0, 0, 3, ...top, 0, 0, 1),
    }),
    0,
  ],
  [
    'run lengths of 4 bits',
    bmp({
      bits: 4,
      compression: 2,
      palette: PALETTE,
      rows: run(0, 3, (bottom[0]! << 4) | bottom[1]!, bottom[2]! << 4, 0, 0, 3, (top[0]! << 4) | top[1]!, 0, 2, 0, 1),
    }),
    0,
  ],
];

test.each(KINDS)('a BMP of %s is decoded', async (name, bytes, near) => {
  const raster = await decodeFrame(bytes, 0, options);
  expect([raster.width, raster.height, raster.channels]).toEqual([3, 2, 3]);
  // A run of 4 bits has two colours in turn: the third pixel of the top row repeats the first.
  const wanted = name === 'run lengths of 4 bits' ? [RED, GREEN, RED, ...PIXELS.slice(3)] : PIXELS;
  for (const [i, level] of wanted.flat().entries()) {
    expect(Math.abs(raster.data[i]! - level)).toBeLessThanOrEqual(near);
  }
});

test('black and white is grey, and an index beyond the palette is black', async () => {
  const palette = [
    [255, 255, 255],
    [0, 0, 0],
  ];
  const bits = await decodeFrame(
    bmp({ bits: 1, palette, rows: run(0b0100_0000, 0, 0, 0, 0b1000_0000, 0, 0, 0) }),
    0,
    options,
  );
  expect([bits.channels, [...bits.data]]).toEqual([1, [0, 255, 255, 255, 0, 255]]);
  const beyond = await decodeFrame(bmp({ bits: 8, palette, rows: run(0, 0, 0, 0, 9, 0, 0, 0) }), 0, options);
  expect(beyond.data[0]).toBe(0);
});

test('what is transparent is white', async () => {
  const masks = [0xff0000, 0xff00, 0xff, 0xff000000];
  const rows = rowsOf(4, (row, x, i) => row.writeUInt32LE(i === 0 ? 0x00102030 : 0xff102030, x * 4));
  const { data } = await decodeFrame(bmp({ bits: 32, compression: 3, headerBytes: 108, masks, rows }), 0, options);
  expect([...data.subarray(0, 6)]).toEqual([255, 255, 255, 16, 32, 48]);
});

test("a BMP of OS/2's first kind is decoded", async () => {
  const header = Buffer.alloc(26);
  header.write('BM', 0, 'latin1');
  header.writeUInt32LE(26, 10);
  for (const [at, value] of [
    [14, 12],
    [18, 3],
    [20, 2],
    [22, 1],
    [24, 24],
  ] as const)
    header.writeUInt16LE(value, at);
  const raster = await decodeFrame(Buffer.concat([header, bgr()]), 0, options);
  expect([...raster.data]).toEqual(PIXELS.flat());
});

test('a PNG in the envelope of a BMP is decoded', async () => {
  const png = await sharp({ create: { width: 4, height: 5, channels: 3, background: '#ff0000' } })
    .png()
    .toBuffer();
  const raster = await decodeFrame(bmp({ bits: 0, compression: 5, size: [4, 5], rows: png }), 0, options);
  expect([raster.width, raster.height, [...raster.data.subarray(0, 3)]]).toEqual([4, 5, [255, 0, 0]]);
});

test.each([
  ['half of one', bmp({ bits: 24, rows: bgr() }).subarray(0, 60), 'file_truncated'],
  ['one that ends in its header', bmp({ bits: 24, rows: bgr() }).subarray(0, 20), 'file_truncated'],
  ['one without size', bmp({ bits: 24, rows: bgr(), size: [0, 2] }), 'file_undecodable'],
  ['one of 60,000 by 60,000', bmp({ bits: 24, rows: bgr(), size: [60_000, 60_000] }), 'too_many_pixels'],
  ['one that promises more rows than it has', bmp({ bits: 24, rows: bgr(), size: [900, 1_000] }), 'file_truncated'],
  ['one of 30 bits', bmp({ bits: 30, rows: bgr() }), 'file_undecodable'],
  ['one of an unknown compression', bmp({ bits: 24, compression: 9, rows: bgr() }), 'file_undecodable'],
  ['run lengths that end early', bmp({ bits: 8, compression: 1, palette: PALETTE, rows: run(1, 0) }), 'file_truncated'],
])('%s is refused', async (_, bytes, code) => {
  const error = await decodeFrame(bytes, 0, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code });
});
