import type { Raster } from '../raster.ts';

/**
 * A page in which each pixel is the mean of `factor` by `factor` of the page given; those at the right and lower edge are the mean of what there is of
 * them. Shrinking far with the taps of `linearTaps` alone would visit every pixel twice, in floats: this is done before, in integers.
 */
export function reduceRaster(page: Raster, factor: number): Raster {
  const width = Math.ceil(page.width / factor);
  const height = Math.ceil(page.height / factor);
  const reduced: Raster = { ...page, width, height, data: new Uint8Array(width * height * page.channels) };
  const isGrey = page.channels === 1;
  const means = isGrey ? greys : colours;
  const wholeMeans = (isGrey ? { 2: greysOfTwo, 3: greysOfThree } : { 2: coloursOfTwo, 3: coloursOfThree })[factor];
  for (let y = 0; y < height; y += 1) {
    const rows = Math.min(factor, page.height - y * factor);
    const whole = wholeMeans && rows === factor ? Math.floor(page.width / factor) : 0;
    wholeMeans?.(reduced, page, y, whole);
    means(reduced, page, { y, rows, factor, from: whole });
  }
  return reduced;
}

interface Row {
  readonly y: number;
  /** Of the page, that make it. */
  readonly rows: number;
  readonly factor: number;
  /** Pixels of it that are there already. */
  readonly from: number;
}

function greys(reduced: Raster, { data, width }: Raster, { y, rows, factor, from }: Row): void {
  for (let x = from; x < reduced.width; x += 1) {
    const columns = Math.min(factor, width - x * factor);
    const count = rows * columns;
    let sum = count >> 1;
    let start = y * factor * width + x * factor;
    for (let row = 0; row < rows; row += 1, start += width) {
      for (let at = start; at < start + columns; at += 1) sum += data[at]!;
    }
    reduced.data[y * reduced.width + x] = sum / count;
  }
}

function colours(reduced: Raster, { data, width }: Raster, { y, rows, factor, from }: Row): void {
  for (let x = from; x < reduced.width; x += 1) {
    const columns = Math.min(factor, width - x * factor);
    const count = rows * columns;
    let red = count >> 1;
    let green = red;
    let blue = red;
    let start = (y * factor * width + x * factor) * 3;
    for (let row = 0; row < rows; row += 1, start += width * 3) {
      for (let at = start; at < start + columns * 3; at += 3) {
        red += data[at]!;
        green += data[at + 1]!;
        blue += data[at + 2]!;
      }
    }
    const to = (y * reduced.width + x) * 3;
    reduced.data[to] = red / count;
    reduced.data[to + 1] = green / count;
    reduced.data[to + 2] = blue / count;
  }
}

/*
 * The same of the first `count` pixels of row y, which are means of whole blocks, for the factors that pages of print are reduced by most: with the short
 * loops over a block's columns written out they take a quarter to a half of the time.
 */

function greysOfTwo(reduced: Raster, { data, width }: Raster, y: number, count: number): void {
  const to = y * reduced.width;
  let a = y * 2 * width;
  let b = a + width;
  for (let x = 0; x < count; x += 1, a += 2, b += 2) {
    reduced.data[to + x] = (data[a]! + data[a + 1]! + data[b]! + data[b + 1]! + 2) >> 2;
  }
}

function greysOfThree(reduced: Raster, { data, width }: Raster, y: number, count: number): void {
  const to = y * reduced.width;
  let a = y * 3 * width;
  let b = a + width;
  let c = b + width;
  for (let x = 0; x < count; x += 1, a += 3, b += 3, c += 3) {
    const first = data[a]! + data[a + 1]! + data[a + 2]!;
    const second = data[b]! + data[b + 1]! + data[b + 2]!;
    reduced.data[to + x] = (first + second + data[c]! + data[c + 1]! + data[c + 2]! + 4) / 9;
  }
}

function coloursOfTwo({ data: out, width: across }: Raster, { data, width }: Raster, y: number, count: number): void {
  let to = y * across * 3;
  let a = y * 2 * width * 3;
  let b = a + width * 3;
  for (let x = 0; x < count; x += 1, a += 6, b += 6, to += 3) {
    out[to] = (data[a]! + data[a + 3]! + data[b]! + data[b + 3]! + 2) >> 2;
    out[to + 1] = (data[a + 1]! + data[a + 4]! + data[b + 1]! + data[b + 4]! + 2) >> 2;
    out[to + 2] = (data[a + 2]! + data[a + 5]! + data[b + 2]! + data[b + 5]! + 2) >> 2;
  }
}

function coloursOfThree({ data: out, width: across }: Raster, { data, width }: Raster, y: number, count: number): void {
  const length = width * 3;
  let to = y * across * 3;
  let start = y * 3 * length;
  for (let x = 0; x < count; x += 1, start += 9, to += 3) {
    let red = 4;
    let green = 4;
    let blue = 4;
    for (let row = 0, at = start; row < 3; row += 1, at += length) {
      red += data[at]! + data[at + 3]! + data[at + 6]!;
      green += data[at + 1]! + data[at + 4]! + data[at + 7]!;
      blue += data[at + 2]! + data[at + 5]! + data[at + 8]!;
    }
    out[to] = red / 9;
    out[to + 1] = green / 9;
    out[to + 2] = blue / 9;
  }
}
