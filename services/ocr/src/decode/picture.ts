import { AppError } from '@docusnap/contracts';
import sharp, { type Metadata, type Sharp } from 'sharp';

// Readers fill the cores, one each: a decoder with threads of its own would only compete with them. No picture is decoded twice.
sharp.concurrency(1);
sharp.cache(false);

export interface DecodeOptions {
  /** Width times height of one page; larger pictures are refused by their header, before memory is spent on them. */
  readonly maxPixels: number;
}

/** sharp's names of the formats that are read; it knows others (SVG among them), which are not taken. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']);

/**
 * A picture's lazy decoder and what its header says. Of a file that ends early nothing is read, rather than half a page; errors inside
 * the data count too, while what decoders only warn about (odd markers, bytes after the end, bad metadata) does not.
 *
 * @throws AppError `file_type_unsupported`, `too_many_pixels`, or what sharp throws
 */
export async function openPicture(
  bytes: Uint8Array,
  page: number,
  { maxPixels }: DecodeOptions,
): Promise<{ picture: Sharp; metadata: Metadata }> {
  const picture = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', page, sequentialRead: true });
  const metadata = await picture.metadata();
  const { format, compression, width, height } = metadata;
  if (!FORMATS.has(format ?? '') || (format === 'heif' && compression !== 'av1')) {
    throw new AppError('file_type_unsupported');
  }
  if (width * height > maxPixels) {
    throw new AppError('too_many_pixels', `It has ${width} x ${height}; the limit is ${maxPixels} in all.`);
  }
  return { picture, metadata };
}
