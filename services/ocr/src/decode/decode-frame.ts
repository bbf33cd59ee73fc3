import { AppError } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import type { Sharp } from 'sharp';
import { decodeBmp, isBmp } from './bmp/decode-bmp.ts';
import { decodeHeic, isHeic } from './decode-heic.ts';
import { decodeFailure } from './failure.ts';
import { type DecodeOptions, openPicture } from './picture.ts';
import { withoutColour } from './without-colour.ts';

/** sharp's names of colour spaces without colour; one channel of them is decoded, cropped and kept in memory three times as cheaply. */
const GREY: ReadonlySet<string> = new Set(['b-w', 'grey16']);

const [WHITE, BLACK] = ['#ffffff', '#000000'];
/** Pixels that are looked at for a backdrop, along the longer side: print of a large picture is seen in them too. */
const LOOKED_AT = 1024;
/** Of 255. A pixel that shows more than half of itself is visible; one as light as this would be lost on white. */
const VISIBLE = 128;
const LIGHT = 192;
/** Of the visible pixels so many may be darker: noise, and the rims of letters. */
const MOST_DARK = 0.01;

/**
 * One page of an image as the engine reads it: upright by its EXIF orientation, on white where it is transparent (see `backdropOf`), 8 bits
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
  const background = metadata.hasAlpha ? await backdropOf(picture.clone()) : WHITE;
  const { data, info } = await picture
    .autoOrient()
    .flatten({ background })
    .toColourspace(GREY.has(metadata.space ?? '') ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: channelsOf(info.channels), data };
}

/** What a picture that is transparent is put on: white as paper is, black where all that it shows is too light to be seen on white. */
async function backdropOf(picture: Sharp): Promise<string> {
  const data = await picture
    .resize(LOOKED_AT, LOOKED_AT, { fit: 'inside', withoutEnlargement: true, kernel: 'nearest' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer();
  let [visible, dark] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3]! < VISIBLE) continue;
    visible += 1;
    if (Math.min(data[at]!, data[at + 1]!, data[at + 2]!) < LIGHT) dark += 1;
  }
  return visible > 0 && dark <= MOST_DARK * visible ? BLACK : WHITE;
}

function channelsOf(channels: number): 1 | 3 {
  if (channels !== 1 && channels !== 3) {
    throw new AppError('file_undecodable', `Its colours cannot be read as sRGB (${channels} channels).`);
  }
  return channels;
}
