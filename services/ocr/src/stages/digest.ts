import type { Quad } from '@docusnap/contracts';
import type { Raster, Tensor } from '@docusnap/engine';

/** What is kept of a stage's output: small enough to be read in a diff, enough to tell that it changed. */
export type Digest = number | string | boolean | null | readonly Digest[] | { readonly [key: string]: Digest };

/** Bands of a plane that are averaged apart from each other, so that what moves shows too: down the page and across it. */
const BANDS = 6;
/** Probability from which PP-OCR's map says text. */
const TEXT = 0.3;

export function digestOfRaster({ width, height, channels, data }: Raster): Digest {
  return { size: [width, height, channels], bands: bandsOf(data, width, height, channels) };
}

/** The means of each plane's bands. */
export function digestOfPlanes({ data, dims }: Tensor): Digest {
  const [, planes = 0, height = 0, width = 0] = dims;
  const area = width * height;
  const plane = (index: number) => bandsOf(data.subarray(index * area, (index + 1) * area), width, height, 1);
  return { dims, bands: Array.from({ length: planes }, (_, index) => plane(index)) };
}

/** The part of each band, in percent, that is text. */
export function digestOfMap({ data, dims }: Tensor): Digest {
  const [, , height = 0, width = 0] = dims;
  const text = data.map((probability) => (probability > TEXT ? 100 : 0));
  return { dims, textPercent: bandsOf(text, width, height, 1) };
}

/** What a model of lines was given, run by run. */
export function digestOfInputs(inputs: readonly Tensor[]): Digest {
  return inputs.map(({ dims, data }) => ({
    width: dims[3] ?? 0,
    mean: rounded(mean(data), 3),
    inkAt: inkAt(data, dims),
  }));
}

/** Where the middle of a line's ink lies in its picture, 0..1 along and down: shows what shifts the picture, which its mean does not. */
function inkAt(levels: Float32Array, [, , height = 0, width = 0]: readonly number[]): Digest {
  let [along, down, sum] = [0, 0, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const ink = 1 - levels[y * width + x]!;
      along += ink * (x + 0.5);
      down += ink * (y + 0.5);
      sum += ink;
    }
  }
  return [rounded(along / sum / width, 3), rounded(down / sum / height, 3)];
}

/** Whole pixels: what a reader of the diff can find on the page. */
export function digestOfQuad(quad: Quad): Digest {
  return quad.map((corner) => corner.map(Math.round));
}

/** Over many lines what one pixel does to one of them does not show, and a margin that changed does. */
export function digestOfSizes(sizes: readonly (readonly [length: number, height: number])[]): Digest {
  const meanOf = (index: 0 | 1) => sizes.reduce((sum, size) => sum + size[index], 0) / Math.max(1, sizes.length);
  return { meanLength: rounded(meanOf(0), 2), meanHeight: rounded(meanOf(1), 2) };
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** First the means of bands down the page, then of those across it. */
function bandsOf(values: ArrayLike<number>, width: number, height: number, channels: number): number[] {
  const [sums, counts] = [new Float64Array(2 * BANDS), new Float64Array(2 * BANDS)];
  for (let y = 0; y < height; y += 1) {
    const down = Math.floor((y * BANDS) / height);
    for (let x = 0; x < width; x += 1) {
      const across = BANDS + Math.floor((x * BANDS) / width);
      for (const band of [down, across]) {
        sums[band] = sums[band]! + values[(y * width + x) * channels]!;
        counts[band] = counts[band]! + 1;
      }
    }
  }
  return Array.from(sums, (sum, band) => rounded(sum / counts[band]!, 3));
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
