import { MEDIA_TYPES, type MediaType } from '@docusnap/contracts';
import { fileTypeFromBuffer } from 'file-type';
import { directoryEnd } from './tiff.ts';

/** Bytes from the start of a file that file-type asks for. */
export const MAGIC_BYTES = 4_100;

/** The kind of an image by its first bytes, of which there may be more than needed; undefined for everything else. */
export async function mediaTypeOf(head: Uint8Array): Promise<MediaType | undefined> {
  const magic = head.subarray(0, MAGIC_BYTES);
  const mime = (await fileTypeFromBuffer(magic))?.mime ?? kindBeyondHead(magic);
  // An animated PNG is a PNG whose first frame is read.
  const name = mime === 'image/apng' ? 'image/png' : mime;
  return MEDIA_TYPES.find((mediaType) => mediaType === name);
}

/**
 * file-type follows the chunks of a PNG and the directory of a TIFF, to tell other formats that begin alike, and gives up when they lie
 * beyond the head, as they do after a large colour profile, or where a TIFF's directory comes after its pixels.
 */
function kindBeyondHead(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.subarray(0, 16)).toString('latin1');
  if (text.startsWith('\x89PNG\r\n\x1a\n\0\0\0\rIHDR') && head.length === MAGIC_BYTES) return 'image/png';
  const end = directoryEnd(head);
  return end !== undefined && end > head.length ? 'image/tiff' : undefined;
}
