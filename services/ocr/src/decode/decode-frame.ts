import { AppError } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { decodeBmp, isBmp } from './bmp/decode-bmp.ts';
import { decodeHeic, isHeic } from './decode-heic.ts';
import { decodeFailure } from './failure.ts';
import { type DecodeOptions, openPicture } from './picture.ts';
import { withoutColour } from './without-colour.ts';

/** sharp's names of colour spaces without colour; one channel of them is decoded, cropped and kept in memory three times as cheaply. */
const GREY: ReadonlySet<string> = new Set(['b-w', 'grey16']);

/**
 * One page of an image as the engine reads it: upright by its EXIF orientation, on white where it is transparent, 8 bits
 * of sRGB, or of grey when it holds no colour.
 *
 * @param frame page of the file, from 0; kinds other than TIFF have one
 * @throws AppError `file_empty`, `file_type_unsupported`, `file_undecodable`, `file_truncated`, `too_many_pixels`
 */
export async function decodeFrame(bytes: Uint8Array, frame: number, options: DecodeOptions): Promise<Raster> {
  if (bytes.length === 0) {
    throw new AppError('file_empty');
  }
  try {
    return withoutColour(await decodeAny(bytes, frame, options));
  } catch (error) {
    throw decodeFailure(error, bytes);
  }
}

async function decodeAny(bytes: Uint8Array, frame: number, options: DecodeOptions): Promise<Raster> {
  if (isHeic(bytes)) return decodeHeic(bytes, options);
  if (!isBmp(bytes)) return decodePicture(bytes, frame, options);
  const bmp = decodeBmp(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), options);
  return 'raster' in bmp ? bmp.raster : decodePicture(bmp.inner, 0, options);
}

async function decodePicture(bytes: Uint8Array, frame: number, options: DecodeOptions): Promise<Raster> {
  const { picture, metadata } = await openPicture(bytes, frame, options);
  const { data, info } = await picture
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace(GREY.has(metadata.space ?? '') ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: channelsOf(info.channels), data };
}

function channelsOf(channels: number): 1 | 3 {
  if (channels !== 1 && channels !== 3) {
    throw new AppError('file_undecodable', `Its colours cannot be read as sRGB (${channels} channels).`);
  }
  return channels;
}
