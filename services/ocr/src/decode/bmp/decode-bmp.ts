import { AppError } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { type BmpHeader, COMPRESSION, readBmpHeader } from './header.ts';
import { decodeRunLengths } from './run-lengths.ts';

/** libvips, which decodes all other kinds, does not know this one. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/** Bits a pixel that the format knows. */
const BITS: ReadonlySet<number> = new Set([1, 2, 4, 8, 16, 24, 32]);

/** What a BMP holds: pixels, or a JPEG or PNG that it is only the envelope of. */
export type DecodedBmp = { readonly raster: Raster } | { readonly inner: Buffer };

/**
 * Decodes a BMP; its memory is asked for only once the file is seen to hold as many bytes as its header promises.
 *
 * @throws AppError `file_truncated`, `file_undecodable`, `too_many_pixels`
 */
export function decodeBmp(bytes: Buffer, { maxPixels }: { maxPixels: number }): DecodedBmp {
  const header = readBmpHeader(bytes);
  const { width, height, compression, pixelsAt } = header;
  if (width < 1 || height < 1) throw new AppError('file_undecodable', 'It has no size.');
  if (width * height > maxPixels) {
    throw new AppError('too_many_pixels', `It has ${width} x ${height}; the limit is ${maxPixels} in all.`);
  }
  if (pixelsAt >= bytes.length) throw new AppError('file_truncated');
  const data = bytes.subarray(pixelsAt);
  if (compression === COMPRESSION.jpeg || compression === COMPRESSION.png) return { inner: data };
  if (!BITS.has(header.bits)) throw new AppError('file_undecodable', `It has ${header.bits} bits a pixel.`);
  return { raster: header.bits <= 8 ? paletteRaster(header, indicesOf(header, data)) : colourRaster(header, data) };
}

/** Bytes of a row; rows end on multiples of four. Throws `file_truncated` where the rows do not fit into the data. */
function strideOf({ width, height, bits }: BmpHeader, data: Buffer): number {
  const stride = Math.ceil((width * bits) / 32) * 4;
  // The last row may lack what only fills it up.
  if (data.length < stride * (height - 1) + Math.ceil((width * bits) / 8)) throw new AppError('file_truncated');
  return stride;
}

function indicesOf(header: BmpHeader, data: Buffer): Uint8Array {
  const { width, height, bits, compression, topDown } = header;
  if (compression === COMPRESSION.rle8 && bits === 8) return decodeRunLengths(data, { width, height, bits });
  if (compression === COMPRESSION.rle4 && bits === 4) return decodeRunLengths(data, { width, height, bits });
  if (compression !== COMPRESSION.none) throw new AppError('file_undecodable', 'Its compression is not known.');
  const stride = strideOf(header, data);
  const indices = new Uint8Array(width * height);
  const mask = (1 << bits) - 1;
  for (let y = 0; y < height; y += 1) {
    const row = (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x += 1) {
      const bit = x * bits;
      indices[y * width + x] = (data[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & mask;
    }
  }
  return indices;
}

/** An index beyond the palette is black, as other readers have it. */
function paletteRaster({ width, height, palette }: BmpHeader, indices: Uint8Array): Raster {
  const isGrey = palette.every(([red, green, blue]) => red === green && green === blue);
  const channels = isGrey ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  for (const [i, index] of indices.entries()) {
    const colour = palette[index];
    if (!colour) continue;
    for (let c = 0; c < channels; c += 1) data[i * channels + c] = colour[c]!;
  }
  return { width, height, channels, data };
}

function colourRaster(header: BmpHeader, data: Buffer): Raster {
  const { width, height, bits, compression, topDown, masks } = header;
  const known = [COMPRESSION.none, COMPRESSION.fields, COMPRESSION.alphaFields] as readonly number[];
  if (!known.includes(compression)) throw new AppError('file_undecodable', 'Its compression is not known.');
  const stride = strideOf(header, data);
  const step = bits / 8;
  const levels = [masks.red, masks.green, masks.blue].map(levelBy);
  const opacity = masks.alpha === 0 ? () => 255 : levelBy(masks.alpha);
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    let at = (topDown ? y : height - 1 - y) * stride;
    for (let to = y * width * 3, end = to + width * 3; to < end; to += 3, at += step) {
      const pixel = data.readUIntLE(at, step);
      const alpha = opacity(pixel);
      for (let c = 0; c < 3; c += 1) out[to + c] = 255 - Math.round(((255 - levels[c]!(pixel)) * alpha) / 255);
    }
  }
  return { width, height, channels: 3, data: out };
}

/** What the bits of a mask hold, as a level of 0 to 255. */
function levelBy(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = Math.clz32(mask & -mask) ^ 31;
  const most = mask >>> shift;
  return (pixel) => (((pixel & mask) >>> shift) * 255) / most;
}
