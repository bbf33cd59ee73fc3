import { AppError } from '@docusnap/contracts';

/** An upright page: sRGB, 8 bits, interleaved, rows from the top; 1 channel is grey, 3 are red, green, blue. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** @throws AppError `internal` when sizes and bytes do not agree: reading on would read beside the page. */
export function checkRaster({ width, height, channels, data }: Raster): void {
  const sizes = [width, height].every((side) => Number.isInteger(side) && side > 0);
  if (!sizes || (channels !== 1 && channels !== 3) || data.length !== width * height * channels) {
    throw new AppError(
      'internal',
      `Expected a raster of whole sides with 1 or 3 channels, got ${width}x${height}x${channels} with ${data.length} bytes.`,
    );
  }
}
