import type { Tensor } from '@docusnap/engine';

/**
 * Shapes that models run in on a GPU. cuDNN looks for an algorithm for each shape that it meets for the first time (onnxruntime-node hands on no
 * option that would stop it), so shapes are few: what is between two is filled up. Not measured: chosen by arithmetic, a step costs at most half as
 * much again.
 */

/** Widths of lines, in pixels; the engine's lines have 16 to 3,200. */
export const LINE_WIDTHS = [80, 160, 240, 320, 480, 640, 960, 1_280, 1_920, 3_200] as const;
/** Lines of a batch. */
export const BATCH_SIZES = [1, 4, 16] as const;
/** Sides of a page that is searched, in pixels, are multiples of this: 1,000 to 1,500 give three. */
export const PAGE_STEP = 256;

/** The least step that is not smaller; a value beyond all of them is a step of its own. */
export function stepFor(value: number, steps: readonly number[]): number {
  return steps.find((step) => step >= value) ?? value;
}

/** Tensors [1, C, H, w] of at most that width as one [size, C, H, width]: filled up on the right and at the end with 0, the middle of the range. */
export function stack(tensors: readonly Tensor[], { size, width }: { size: number; width: number }): Tensor {
  const [, channels = 0, height = 0] = tensors[0]?.dims ?? [];
  const rows = channels * height;
  const data = new Float32Array(size * rows * width);
  for (const [place, tensor] of tensors.entries()) {
    const own = tensor.dims[3] ?? 0;
    for (let row = 0; row < rows; row += 1) {
      data.set(tensor.data.subarray(row * own, (row + 1) * own), (place * rows + row) * width);
    }
  }
  return { data, dims: [size, channels, height, width] };
}

/** A tensor [1, C, H, W] filled up to the right and below with 0. */
export function padded({ data, dims }: Tensor, { width, height }: { width: number; height: number }): Tensor {
  const [, channels = 0, ownHeight = 0, ownWidth = 0] = dims;
  if (width === ownWidth && height === ownHeight) return { data, dims };
  const larger = new Float32Array(channels * height * width);
  eachRow({ channels, height: ownHeight }, (channel, row) => {
    const from = (channel * ownHeight + row) * ownWidth;
    larger.set(data.subarray(from, from + ownWidth), (channel * height + row) * width);
  });
  return { data: larger, dims: [1, channels, height, width] };
}

/** The upper left part of a tensor [1, C, H, W]. */
export function cropped({ data, dims }: Tensor, { width, height }: { width: number; height: number }): Tensor {
  const [, channels = 0, ownHeight = 0, ownWidth = 0] = dims;
  if (width === ownWidth && height === ownHeight) return { data, dims };
  const smaller = new Float32Array(channels * height * width);
  eachRow({ channels, height }, (channel, row) => {
    const from = (channel * ownHeight + row) * ownWidth;
    smaller.set(data.subarray(from, from + width), (channel * height + row) * width);
  });
  return { data: smaller, dims: [1, channels, height, width] };
}

function eachRow(of: { channels: number; height: number }, work: (channel: number, row: number) => void): void {
  for (let channel = 0; channel < of.channels; channel += 1) {
    for (let row = 0; row < of.height; row += 1) work(channel, row);
  }
}
