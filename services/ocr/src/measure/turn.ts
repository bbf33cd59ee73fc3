import type { Raster } from '@docusnap/engine';
import sharp from 'sharp';

/**
 * The page turned clockwise: quarter turns move pixels and change none; other angles resample them, on white, and enlarge the page so
 * that nothing of it is cut off.
 *
 * @param degrees may be negative
 */
export async function turnRaster(page: Raster, degrees: number): Promise<Raster> {
  if (degrees === 0) return page;
  const { width, height, channels } = page;
  const { data, info } = await sharp(page.data, { raw: { width, height, channels } })
    .rotate(degrees, { background: '#ffffff' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`Expected ${channels} channels after turning, got ${info.channels}`);
  return { width: info.width, height: info.height, channels, data };
}
