import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { listImages } from '../pages/images.ts';
import { drawPages } from '../soak/drawn-pages.ts';

/** Pages drawn where no folder of images is named; a longer document holds them again and again. */
const DRAWN = 60;
const SEED = 20_240_501;
/** Of images that are no JPEG yet, as scanners save. */
const QUALITY = 85;

/** A page as a scanner would deliver it. */
export interface PageImage {
  readonly name: string;
  /** Of a JPEG file. */
  readonly bytes: Buffer;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly colours: 'DeviceGray' | 'DeviceRGB';
}

/** The images of a folder, or drawn ones, as JPEG. Throws UsageError where the folder holds none. */
export async function pageImages(folder: string | undefined): Promise<PageImage[]> {
  const files =
    folder === undefined
      ? await drawPages(DRAWN, SEED)
      : listImages(folder, {}).images.map(({ name, path }) => ({ name: `${name}.jpg`, bytes: readFileSync(path) }));
  const images: PageImage[] = [];
  for (const { name, bytes } of files) images.push({ name, ...(await asJpeg(bytes)) });
  return images;
}

/** JPEGs stay as they are unless they have to be turned: a PDF does not know of EXIF. */
async function asJpeg(bytes: Buffer): Promise<Omit<PageImage, 'name'>> {
  const { format, orientation = 1, channels } = await sharp(bytes).metadata();
  const asItIs = format === 'jpeg' && orientation === 1 && channels !== 4;
  const jpeg = asItIs
    ? bytes
    : await sharp(bytes).rotate().flatten({ background: 'white' }).jpeg({ quality: QUALITY }).toBuffer();
  const { width, height, channels: colours } = await sharp(jpeg).metadata();
  return { bytes: jpeg, width, height, colours: colours === 1 ? 'DeviceGray' : 'DeviceRGB' };
}

/** The first `count` of the images told over and over. */
export function repeated<T>(images: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, index) => images[index % images.length]!);
}
