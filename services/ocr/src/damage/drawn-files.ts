import { deflateSync } from 'node:zlib';
import { drawPage, makePdf, type PdfPicture } from '@docusnap/testing';
import sharp, { type Sharp } from 'sharp';

const WIDTH = 96;
const HEIGHT = 48;
const DRAWING = { width: WIDTH, height: HEIGHT, lines: [{ text: 'Total 42', x: 6, y: 32, size: 20 }], noise: 6 };

/** A small picture with print on it, in every format that can be written here, by name. */
export async function drawnImages(): Promise<ReadonlyMap<string, Buffer>> {
  const grey = await drawPage(DRAWING);
  const colour = await sharp(grey).tint('#c04030').toColourspace('srgb').png().toBuffer();
  const as = (encode: (image: Sharp) => Sharp, from: Buffer = colour) => encode(sharp(from)).toBuffer();
  return new Map([
    ['grey PNG', grey],
    ['colour PNG', colour],
    ['palette PNG', await as((image) => image.png({ palette: true, colours: 8 }))],
    ['JPEG', await as((image) => image.jpeg({ quality: 70 }).withMetadata({ orientation: 6 }))],
    ['progressive JPEG', await as((image) => image.jpeg({ quality: 70, progressive: true }))],
    ['grey JPEG', await as((image) => image.toColourspace('b-w').jpeg(), grey)],
    ['CMYK JPEG', await as((image) => image.toColourspace('cmyk').jpeg())],
    ['LZW TIFF', await as((image) => image.tiff({ compression: 'lzw' }))],
    [
      'fax TIFF',
      await as(
        (image) => image.threshold(140).toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 }),
        grey,
      ),
    ],
    [
      'tiled TIFF',
      await as((image) => image.tiff({ compression: 'deflate', tile: true, tileWidth: 32, tileHeight: 32 })),
    ],
    ['WebP', await as((image) => image.webp({ quality: 60 }))],
    ['GIF', await as((image) => image.gif())],
    ['AVIF', await as((image) => image.avif({ effort: 0, quality: 50 }))],
    ['BMP', bitmap(await sharp(grey).toColourspace('b-w').raw().toBuffer())],
  ]);
}

/** Small PDFs with text, pictures, forms and locks, by name. */
export async function drawnPdfs(): Promise<ReadonlyMap<string, Buffer>> {
  const page = { width: 144, height: 72 };
  const text = { text: 'Total due 42', x: 10, y: 40, size: 12 };
  const grey = await drawPage(DRAWING);
  const size = { width: WIDTH, height: HEIGHT, at: [10, 5, 96, 30] as const };
  const levels = await sharp(grey).toColourspace('b-w').raw().toBuffer();
  const jpeg: PdfPicture = {
    ...size,
    bytes: await sharp(grey).toColourspace('b-w').jpeg().toBuffer(),
    filter: 'DCTDecode',
    colours: 'DeviceGray',
  };
  const flate: PdfPicture = { ...size, bytes: deflateSync(levels), filter: 'FlateDecode', colours: 'DeviceGray' };
  return new Map([
    ['text', makePdf([{ ...page, texts: [text] }])],
    ['two pages, turned and cropped', makePdf([{ ...page, texts: [text], rotate: 90, crop: [5, 5, 140, 70] }, page])],
    ['text and a JPEG', makePdf([{ ...page, texts: [text], pictures: [jpeg] }])],
    ['a compressed picture', makePdf([{ ...page, pictures: [flate] }])],
    ['a form', makePdf([{ ...page, texts: [text], field: { text: 'Lind', x: 20, y: 20, size: 10 } }])],
    ['another alphabet', makePdf([{ ...page, texts: [{ ...text, misencodedBy: 3 }] }])],
    ['a lock', makePdf([{ ...page, texts: [text] }], { password: 'sesame' })],
    ['no table', makePdf([{ ...page, texts: [text] }], { withoutTable: true })],
  ]);
}

/** Grey levels as a BMP of 8 bits with a palette, its rows from the bottom. */
function bitmap(levels: Buffer): Buffer {
  const [file, info, palette] = [Buffer.alloc(14), Buffer.alloc(40), Buffer.alloc(1024)];
  for (let level = 0; level < 256; level += 1) palette.fill(level, level * 4, level * 4 + 3);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(file.length + info.length + palette.length + levels.length, 2);
  file.writeUInt32LE(file.length + info.length + palette.length, 10);
  info.writeUInt32LE(info.length, 0);
  info.writeInt32LE(WIDTH, 4);
  info.writeInt32LE(HEIGHT, 8);
  info.writeUInt16LE(1, 12);
  info.writeUInt16LE(8, 14);
  const rows = Array.from({ length: HEIGHT }, (_, y) => levels.subarray(y * WIDTH, (y + 1) * WIDTH)).reverse();
  return Buffer.concat([file, info, palette, ...rows]);
}
