import type { Raster } from '../raster.ts';

/**
 * A page in which each pixel is the mean of `factor` by `factor` of the page given; those at the right and lower edge are the mean of what there is of
 * them. Shrinking far with the taps of `linearTaps` alone would visit every pixel twice, in floats: this is done before, in integers.
 */
export function reduceRaster(page: Raster, factor: number): Raster {
  const { channels } = page;
  const width = Math.ceil(page.width / factor);
  const height = Math.ceil(page.height / factor);
  const data = new Uint8Array(width * height * channels);
  const sums = new Uint32Array(width * channels);
  for (let y = 0; y < height; y += 1) {
    const rows = Math.min(factor, page.height - y * factor);
    sums.fill(0);
    for (let row = 0; row < rows; row += 1) {
      addRow(sums, page, (y * factor + row) * page.width * channels, factor);
    }
    for (let x = 0; x < width; x += 1) {
      const count = rows * Math.min(factor, page.width - x * factor);
      for (let channel = 0; channel < channels; channel += 1) {
        const at = x * channels + channel;
        data[y * width * channels + at] = (sums[at]! + (count >> 1)) / count;
      }
    }
  }
  return { width, height, channels, data };
}

/** Adds a row of the page, which begins at `from`, to the sums of its blocks. */
function addRow(sums: Uint32Array, { data, width, channels }: Raster, from: number, factor: number): void {
  const end = from + width * channels;
  const step = factor * channels;
  for (let block = 0, start = from; start < end; block += channels, start += step) {
    const stop = Math.min(end, start + step);
    if (channels === 1) {
      let sum = 0;
      for (let at = start; at < stop; at += 1) sum += data[at]!;
      sums[block] = sums[block]! + sum;
    } else {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let at = start; at < stop; at += 3) {
        red += data[at]!;
        green += data[at + 1]!;
        blue += data[at + 2]!;
      }
      sums[block] = sums[block]! + red;
      sums[block + 1] = sums[block + 1]! + green;
      sums[block + 2] = sums[block + 2]! + blue;
    }
  }
}
