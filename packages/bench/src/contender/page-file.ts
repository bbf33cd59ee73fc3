import { open, readFile } from 'node:fs/promises';
import type { PageFile } from './messages.ts';

/** Pixels of a page: rows from the top, interleaved, 8 bits; 1 channel is grey, 3 are red, green, blue of sRGB. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** TIFF 6.0, section 2: fields by number, each a SHORT (3) or a LONG (4). */
const SHORT = 3;
const LONG = 4;
/** Two bytes of order, the number 42, the place of the directory; then the directory: a count, 12 bytes a field, no next one. */
const HEADER_BYTES = 8;
const FIELD_BYTES = 12;
/** Black is 0 in grey; 2 is RGB. */
const PHOTOMETRIC = { 1: 1, 3: 2 } as const;

/** The bytes of an uncompressed TIFF before its pixels. Every program reads it, and reading it costs a copy. */
export function tiffHeader({ width, height, channels }: Omit<Pixels, 'data'>): Buffer {
  const fields = [
    [256, LONG, width],
    [257, LONG, height],
    // Bits of each sample. For three samples the standard wants a list; it lies behind the directory.
    [258, SHORT, 8],
    [259, SHORT, 1],
    [262, SHORT, PHOTOMETRIC[channels]],
    [273, LONG, 0],
    [277, SHORT, channels],
    [278, LONG, height],
    [279, LONG, width * height * channels],
  ] as const;
  const bitsAt = HEADER_BYTES + 2 + fields.length * FIELD_BYTES + 4;
  const pixelsAt = bitsAt + 3 * 2;
  const header = Buffer.alloc(pixelsAt);
  header.write('II', 'latin1');
  header.writeUInt16LE(42, 2);
  header.writeUInt32LE(HEADER_BYTES, 4);
  header.writeUInt16LE(fields.length, HEADER_BYTES);
  fields.forEach(([tag, type, value], index) => {
    const at = HEADER_BYTES + 2 + index * FIELD_BYTES;
    const isList = tag === 258 && channels === 3;
    header.writeUInt16LE(tag, at);
    header.writeUInt16LE(type, at + 2);
    header.writeUInt32LE(isList ? 3 : 1, at + 4);
    header.writeUInt32LE(tag === 273 ? pixelsAt : isList ? bitsAt : value, at + 8);
  });
  for (let i = 0; i < 3; i++) header.writeUInt16LE(8, bitsAt + i * 2);
  return header;
}

export async function writePage(path: string, pixels: Pixels): Promise<PageFile> {
  const header = tiffHeader(pixels);
  const file = await open(path, 'w');
  try {
    await file.writeFile(header);
    await file.writeFile(pixels.data);
  } finally {
    await file.close();
  }
  const { width, height, channels } = pixels;
  return { path, width, height, channels, offset: header.length };
}

export async function readPixels({ path, width, height, channels, offset }: PageFile): Promise<Pixels> {
  const bytes = await readFile(path);
  return { width, height, channels, data: bytes.subarray(offset) };
}

/** The pixels in colour, whatever they were: 3 samples a pixel are red, green, blue; a fourth says that it is opaque. */
export function inColour({ width, height, channels, data }: Pixels, samples: 3 | 4): Buffer {
  const out = Buffer.alloc(width * height * samples, 255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      out[pixel * samples + colour] = data[pixel * channels + (channels === 3 ? colour : 0)]!;
    }
  }
  return out;
}
