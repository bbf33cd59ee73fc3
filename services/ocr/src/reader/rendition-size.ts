import { type MediaType, RENDITION_WIDTH, type Rendition } from '@docusnap/contracts';

/**
 * Pixels of an image at most: an A4 page at 212 dots an inch, 2,480 x 1,754. A page of an image that a PDF cannot hold as it came is printed from
 * it, and print of ten points is 30 pixels high at that. By area, not by the longer side, which would make a long receipt unreadable.
 */
const MOST_PIXELS = 2_480 * 1_754;

/** What a searchable PDF holds as it came; of all else it holds the large image. */
const EMBEDDED_AS_IT_CAME: ReadonlySet<MediaType> = new Set(['application/pdf', 'image/jpeg', 'image/png']);

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The pixels of an image of a page, never more than the page has, in its proportions. */
export function renditionSize(rendition: Rendition, { width, height }: Size, mediaType: MediaType): Size {
  const isPrintedFrom = rendition === 'large' && !EMBEDDED_AS_IT_CAME.has(mediaType);
  const widest = isPrintedFrom ? width : RENDITION_WIDTH[rendition];
  const scale = Math.min(1, widest / width, Math.sqrt(MOST_PIXELS / (width * height)));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
