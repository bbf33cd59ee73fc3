import type { MediaType } from '@docusnap/contracts';
import { imageSize } from 'image-size';
import { directoryEnd } from './tiff.ts';

/**
 * Width times height as the header of an image says it, or undefined where the bytes at hand do not tell: a header that is cut off, lies
 * further on or is damaged is the decoder's to judge, which refuses the page with its own code.
 */
export function headerPixels(mediaType: MediaType, head: Uint8Array): number | undefined {
  const bytes = mediaType === 'image/tiff' ? firstDirectory(head) : head;
  if (!bytes) return undefined;
  try {
    const { width, height } = imageSize(bytes);
    return width * height;
  } catch {
    // image-size throws for every header it cannot follow; "not known" is the answer then.
    return undefined;
  }
}

/**
 * A TIFF up to the end of its first directory. image-size does not stop at the directory's count of entries, so that with more bytes it
 * may take what follows for a width. Undefined when the directory lies further on.
 */
function firstDirectory(head: Uint8Array): Uint8Array | undefined {
  const end = directoryEnd(head);
  // One byte more than the entries: image-size wants the last one to end before the bytes do.
  return end !== undefined && end < head.length ? head.slice(0, end + 1) : undefined;
}
