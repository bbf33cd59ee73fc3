import { AppError } from '@docusnap/contracts';
import { decodeFailure } from './failure.ts';
import { type DecodeOptions, openPicture } from './picture.ts';

/** What a file holds, told by its headers. */
export interface OpenedImage {
  /** Pages to read: those of a TIFF; 1 of anything else, for the frames of an animation are not pages. */
  readonly frames: number;
}

/**
 * Looks into an image without decoding it.
 *
 * @throws AppError `file_empty`, `file_type_unsupported`, `file_undecodable`, `file_truncated`, `too_many_pixels`
 */
export async function openImage(bytes: Uint8Array, options: DecodeOptions): Promise<OpenedImage> {
  if (bytes.length === 0) {
    throw new AppError('file_empty');
  }
  try {
    const { metadata } = await openPicture(bytes, 0, options);
    return { frames: metadata.format === 'tiff' ? (metadata.pages ?? 1) : 1 };
  } catch (error) {
    throw decodeFailure(error, bytes);
  }
}
