import { AppError, type MediaType } from '@docusnap/contracts';
import { openCursor } from './byte-cursor.ts';
import { type JpegHead, readJpegHead } from './jpeg.ts';
import { type PngHead, readPngHead } from './png.ts';

export type ImageHead = JpegHead | PngHead;

/** Kinds of images that a PDF can hold without their pixels being decoded to others. */
export const EMBEDDABLE: ReadonlySet<MediaType> = new Set<MediaType>(['image/jpeg', 'image/png']);

/**
 * What a PDF must know of an image before its bytes. Throws `not_acceptable` for kinds that a PDF cannot hold as they came; null where
 * the header is damaged.
 */
export async function readImageHead(
  mediaType: MediaType,
  source: AsyncIterable<Uint8Array>,
): Promise<ImageHead | null> {
  if (!EMBEDDABLE.has(mediaType)) throw new AppError('not_acceptable', `A PDF cannot hold ${mediaType} as it came.`);
  const cursor = openCursor(source);
  try {
    return await (mediaType === 'image/jpeg' ? readJpegHead(cursor) : readPngHead(cursor));
  } finally {
    await cursor.close();
  }
}

/** Resolutions, in dots an inch, that a scanner may have written; cameras write 72 whatever they took. */
const CREDIBLE = { least: 100, most: 2_400 } as const;
/** The long side of a page whose resolution is unknown: that of A4, in points. */
const UNKNOWN_LONG_SIDE = 842;
const POINTS_PER_INCH = 72;
/** The longest side that PDF allows, in points. */
const LONGEST = 14_400;

export interface UprightPage {
  /** In points. */
  readonly width: number;
  readonly height: number;
}

/** The page that an image fills once its orientation is applied. */
export function uprightPage({ width, height, orientation, dpi }: ImageHead): UprightPage {
  const long = Math.max(width, height);
  const credible = dpi !== null && dpi >= CREDIBLE.least && dpi <= CREDIBLE.most;
  const scale = Math.min(credible ? POINTS_PER_INCH / dpi : UNKNOWN_LONG_SIDE / long, LONGEST / long);
  const [w, h] = orientation >= 5 ? [height, width] : [width, height];
  return { width: w * scale, height: h * scale };
}
