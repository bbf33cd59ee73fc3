import type { Tensor } from '../models.ts';
import type { Raster } from '../raster.ts';
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
  return {
    input: { data: resizeToPlanes(page, width, height), dims: [1, 3, height, width] },
    scaleX: page.width / width,
    scaleY: page.height / height,
  };
}

function resizeToPlanes(page: Raster, width: number, height: number): Float32Array {
  const { channels } = page;
  const rows = linearTaps(page.height, height);
  const columns = linearTaps(page.width, width);
  const row = new Float32Array(page.width * channels);
  const area = width * height;
  const planes = new Float32Array(area * 3);
  for (let y = 0; y < height; y += 1) {
    blendRows(row, page, rows, y);
    for (let plane = 0; plane < 3; plane += 1) {
      const scale = 1 / (255 * DEVIATION[plane]!);
      const shift = -MEAN[plane]! / DEVIATION[plane]!;
      const out = planes.subarray(plane * area + y * width, plane * area + (y + 1) * width);
      // Planes go blue, green, red; the raster goes red, green, blue.
      blendColumns(out, row, columns, channels, channels === 1 ? 0 : 2 - plane, scale, shift);
    }
  }
  return planes;
}

/** Output row y before its columns are blended: page.width * page.channels values, 0..255. */
function blendRows(row: Float32Array, page: Raster, taps: Taps, y: number): void {
  const length = row.length;
  const { data } = page;
  const count = taps.count[y]!;
  let from = taps.first[y]! * length;
  const weight = taps.weights[y * taps.width]!;
  for (let i = 0; i < length; i += 1) {
    row[i] = data[from + i]! * weight;
  }
  for (let k = 1; k < count; k += 1) {
    from += length;
    const next = taps.weights[y * taps.width + k]!;
    for (let i = 0; i < length; i += 1) {
      row[i] = row[i]! + data[from + i]! * next;
    }
  }
}

function blendColumns(
  out: Float32Array,
  row: Float32Array,
  taps: Taps,
  channels: number,
  channel: number,
  scale: number,
  shift: number,
): void {
  for (let x = 0; x < out.length; x += 1) {
    const count = taps.count[x]!;
    let from = taps.first[x]! * channels + channel;
    let weight = x * taps.width;
    let sum = 0;
    for (let k = 0; k < count; k += 1) {
      sum += row[from]! * taps.weights[weight]!;
      from += channels;
      weight += 1;
    }
    out[x] = sum * scale + shift;
  }
}
