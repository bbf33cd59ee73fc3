import { MEDIA_TYPES, type MediaType } from '@docusnap/contracts';
import { fileTypeFromBuffer } from 'file-type';
import { directoryEnd } from './tiff.ts';

/** Bytes from the start of a file that file-type asks for. */
export const MAGIC_BYTES = 4_100;

/** Readers of PDF take its mark anywhere in so many first bytes; some programs write a line of their own before it. */
const PDF_MARK_BYTES = 1_024;

/** Names that file-type has for what is read as another kind: an animated PNG for its first frame, HEIF whichever codec is in it. */
const READ_AS: ReadonlyMap<string, MediaType> = new Map([
  ['image/apng', 'image/png'],
  ['image/heif', 'image/heic'],
  ['image/heif-sequence', 'image/heic'],
  ['image/heic-sequence', 'image/heic'],
]);

/** The kind of a file by its first bytes, of which there may be more than needed; undefined for everything else. */
export async function mediaTypeOf(head: Uint8Array): Promise<MediaType | undefined> {
  const magic = head.subarray(0, MAGIC_BYTES);
  // First, since file-type has other names for some PDFs.
  if (pdfMarkAt(magic) === 0) return 'application/pdf';
  const mime = (await fileTypeFromBuffer(magic))?.mime ?? kindBeyondHead(magic) ?? '';
  const image = READ_AS.get(mime) ?? MEDIA_TYPES.find((mediaType) => mediaType === mime);
  return image ?? (pdfMarkAt(magic) > 0 ? 'application/pdf' : undefined);
}

function pdfMarkAt(head: Uint8Array): number {
  return Buffer.from(head.subarray(0, PDF_MARK_BYTES)).indexOf('%PDF-', 0, 'latin1');
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
