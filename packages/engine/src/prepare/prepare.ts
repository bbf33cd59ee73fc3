import type { Tensor } from '../models.ts';
import type { Raster } from '../raster.ts';
import { reduceRaster } from './reduce.ts';
import { linearTaps, type Taps } from './taps.ts';
import { workingSize } from './working-size.ts';

/**
 * What PP-OCR's detector was trained with: the channels in the order blue, green, red, each scaled to 0..1, less these means, over these
 * deviations (ImageNet's, given for red first but applied to blue first there, so here too).
 */
const MEAN = [0.485, 0.456, 0.406] as const;
const DEVIATION = [0.229, 0.224, 0.225] as const;

/** A page made ready to be searched. */
export interface Search {
  /** [1, 3, height, width]: planes blue, green, red, normalised. */
  readonly input: Tensor;
  /** Page pixels per tensor pixel. */
  readonly scaleX: number;
  readonly scaleY: number;
}

/** The page at its working size, of at most about `pixels`, as the detector's input tensor. */
export function prepare(page: Raster, pixels: number): Search {
  const { width, height } = workingSize(page, pixels);
  const factor = Math.floor(Math.min(page.width / width, page.height / height));
  const near = factor > 1 ? reduceRaster(page, factor) : page;
  return {
    input: { data: resizeToPlanes(near, width, height), dims: [1, 3, height, width] },
    scaleX: (near.width / width) * Math.max(1, factor),
    scaleY: (near.height / height) * Math.max(1, factor),
  };
}

/** Scale and shift of each plane, from 0..255 to normalised. */
const SCALES = DEVIATION.map((deviation) => 1 / (255 * deviation));
const SHIFTS = MEAN.map((mean, plane) => -mean / DEVIATION[plane]!);

function resizeToPlanes(page: Raster, width: number, height: number): Float32Array {
  const rows = linearTaps(page.height, height);
  const columns = filledUp(linearTaps(page.width, width));
  // With room for the taps of no weight behind the last pixel.
  const row = new Float64Array((page.width + columns.width) * page.channels);
  const planes = new Float32Array(width * height * 3);
  const few = columns.width === FEW;
  const blendColumns = page.channels === 1 ? (few ? blendFewGrey : blendGrey) : few ? blendFewColours : blendColours;
  for (let y = 0; y < height; y += 1) {
    blendRows(row, page, rows, y);
    blendColumns(planes, row, columns, y * width);
  }
  return planes;
}

/** Taps that are blended without counting them: enough to shrink to just above the half, and further a page is reduced before. */
const FEW = 4;

/** Taps of one side, the same number for each position. */
interface EvenTaps {
  readonly first: Int32Array;
  /** As doubles, which is what they are multiplied as. */
  readonly weights: Float64Array;
  readonly width: number;
}

/** The same taps, of which the last ones have no weight. */
function filledUp({ first, count, weights, width }: Taps): EvenTaps {
  const most = count.reduce((a, b) => Math.max(a, b), 0);
  const each = Math.max(FEW, most);
  const filled = new Float64Array(first.length * each);
  for (let x = 0; x < first.length; x += 1) {
    for (let k = 0; k < count[x]!; k += 1) filled[x * each + k] = weights[x * width + k]!;
  }
  return { first, weights: filled, width: each };
}

/**
 * Output row y before its columns are blended: page.width * page.channels values, 0..255, each rounded to 32 bits after every step. They are kept as doubles,
 * which is what they are multiplied as: of a page in colour each is used twice or more.
 */
function blendRows(row: Float64Array, { data, width, channels }: Raster, taps: Taps, y: number): void {
  const length = width * channels;
  const count = taps.count[y]!;
  const from = taps.first[y]! * length;
  const weights = taps.weights.subarray(y * taps.width, (y + 1) * taps.width);
  const [a = 0, b = 0, c = 0] = weights;
  const second = from + length;
  const third = second + length;
  if (count === 1) {
    for (let i = 0; i < length; i += 1) row[i] = Math.fround(data[from + i]! * a);
  } else if (count === 2) {
    for (let i = 0; i < length; i += 1) {
      row[i] = Math.fround(Math.fround(data[from + i]! * a) + data[second + i]! * b);
    }
  } else {
    for (let i = 0; i < length; i += 1) {
      const two = Math.fround(Math.fround(data[from + i]! * a) + data[second + i]! * b);
      row[i] = Math.fround(two + data[third + i]! * c);
    }
  }
  for (let k = 3; k < count; k += 1) {
    const at = from + k * length;
    const weight = weights[k]!;
    for (let i = 0; i < length; i += 1) row[i] = Math.fround(row[i]! + data[at + i]! * weight);
  }
}

/** One output row, from `at` on in each plane, of a grey one. */
function blendGrey(planes: Float32Array, row: Float64Array, { first, weights, width }: EvenTaps, at: number): void {
  const area = planes.length / 3;
  const [scale0 = 0, scale1 = 0, scale2 = 0] = SCALES;
  const [shift0 = 0, shift1 = 0, shift2 = 0] = SHIFTS;
  for (let x = 0; x < first.length; x += 1) {
    const from = first[x]!;
    const weight = x * width;
    let grey = 0;
    for (let k = 0; k < width; k += 1) {
      grey += row[from + k]! * weights[weight + k]!;
    }
    planes[at + x] = grey * scale0 + shift0;
    planes[at + x + area] = grey * scale1 + shift1;
    planes[at + x + area * 2] = grey * scale2 + shift2;
  }
}

/** The same of a row in colour: all three in one pass, since the weights are the same. */
function blendColours(planes: Float32Array, row: Float64Array, { first, weights, width }: EvenTaps, at: number): void {
  const area = planes.length / 3;
  const [scale0 = 0, scale1 = 0, scale2 = 0] = SCALES;
  const [shift0 = 0, shift1 = 0, shift2 = 0] = SHIFTS;
  for (let x = 0; x < first.length; x += 1) {
    let from = first[x]! * 3;
    const weight = x * width;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let k = 0; k < width; k += 1) {
      const share = weights[weight + k]!;
      red += row[from]! * share;
      green += row[from + 1]! * share;
      blue += row[from + 2]! * share;
      from += 3;
    }
    // Planes go blue, green, red; the raster goes red, green, blue.
    planes[at + x] = blue * scale0 + shift0;
    planes[at + x + area] = green * scale1 + shift1;
    planes[at + x + area * 2] = red * scale2 + shift2;
  }
}

/** The same with `FEW` taps for each pixel: to the last bit, without a loop that ends after two or three turns, in two thirds of the time. */
function blendFewGrey(planes: Float32Array, row: Float64Array, { first, weights }: EvenTaps, at: number): void {
  const area = planes.length / 3;
  const [scale0 = 0, scale1 = 0, scale2 = 0] = SCALES;
  const [shift0 = 0, shift1 = 0, shift2 = 0] = SHIFTS;
  for (let x = 0; x < first.length; x += 1) {
    const from = first[x]!;
    const w = x * FEW;
    const grey =
      row[from]! * weights[w]! +
      row[from + 1]! * weights[w + 1]! +
      row[from + 2]! * weights[w + 2]! +
      row[from + 3]! * weights[w + 3]!;
    planes[at + x] = grey * scale0 + shift0;
    planes[at + x + area] = grey * scale1 + shift1;
    planes[at + x + area * 2] = grey * scale2 + shift2;
  }
}

function blendFewColours(planes: Float32Array, row: Float64Array, { first, weights }: EvenTaps, at: number): void {
  const area = planes.length / 3;
  const [scale0 = 0, scale1 = 0, scale2 = 0] = SCALES;
  const [shift0 = 0, shift1 = 0, shift2 = 0] = SHIFTS;
  for (let x = 0; x < first.length; x += 1) {
    const i = first[x]! * 3;
    const w = x * FEW;
    const a = weights[w]!;
    const b = weights[w + 1]!;
    const c = weights[w + 2]!;
    const d = weights[w + 3]!;
    // Planes go blue, green, red; the raster goes red, green, blue.
    planes[at + x] = (row[i + 2]! * a + row[i + 5]! * b + row[i + 8]! * c + row[i + 11]! * d) * scale0 + shift0;
    planes[at + x + area] = (row[i + 1]! * a + row[i + 4]! * b + row[i + 7]! * c + row[i + 10]! * d) * scale1 + shift1;
    planes[at + x + area * 2] = (row[i]! * a + row[i + 3]! * b + row[i + 6]! * c + row[i + 9]! * d) * scale2 + shift2;
  }
}
