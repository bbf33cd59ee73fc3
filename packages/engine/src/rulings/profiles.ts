import type { Raster } from '../raster.ts';

/** Pixels that make one sum. At five degrees a stroke moves by 0.7 of a pixel over them. */
export const STEP = 8;
/** Of a word of four pixels the first and the third, in 16 bits each: sums of 64 pixels fit. */
const EVEN = 0x00ff00ff;
const HALF = 0xffff;

/** Sums of `STEP` neighbouring pixels along an axis. */
export interface Profile {
  /** [strips, length]: strip after strip, each from one edge of the page to the other, across the strokes looked for. */
  readonly sums: Uint16Array;
  readonly strips: number;
  readonly length: number;
}

/**
 * Sums along rows (which show horizontal strokes) and along columns, in one pass over the page: block by block of 8 x 8, each pixel read once. Of
 * colour pages the mean of red and green is taken: ink of any usual colour is darker in one of them. Pixels beyond the last whole block are left out.
 */
export function profilesOf({ data, width, height, channels }: Raster): { rows: Profile; columns: Profile } {
  const across = Math.floor(width / STEP);
  const down = Math.floor(height / STEP);
  const rows = new Uint16Array(across * height);
  const columns = new Uint16Array(down * width);
  const used = across * STEP;
  const band = new Uint8Array(used * STEP);
  const words = new Int32Array(band.buffer);
  for (let block = 0; block < down; block += 1) {
    for (let row = 0; row < STEP; row += 1) {
      const from = (block * STEP + row) * width * channels;
      if (channels === 1) band.set(data.subarray(from, from + used), row * used);
      else greyRow(band, data, { to: row * used, from, count: used });
    }
    addBand(words, { rows, columns, height, top: block * STEP, width, across });
  }
  return {
    rows: { sums: rows, strips: across, length: height },
    columns: { sums: columns, strips: down, length: width },
  };
}

function greyRow(
  band: Uint8Array,
  data: Uint8Array,
  { to, from, count }: { to: number; from: number; count: number },
): void {
  let at = from;
  for (let i = to; i < to + count; i += 1) {
    band[i] = (data[at]! + data[at + 1]!) >> 1;
    at += 3;
  }
}

interface Into {
  readonly rows: Uint16Array;
  readonly columns: Uint16Array;
  readonly height: number;
  readonly top: number;
  readonly width: number;
  readonly across: number;
}

/** Eight rows of the page, four pixels at a time: machines that run this keep the first of them in the lowest byte. */
function addBand(words: Int32Array, { rows, columns, height, top, width, across }: Into): void {
  const line = across * 2;
  let out = (top / STEP) * width;
  let to = top;
  for (let strip = 0; strip < across; strip += 1) {
    let [a, b, c, d] = [0, 0, 0, 0];
    let at = strip * 2;
    for (let row = 0; row < STEP; row += 1) {
      const left = words[at]!;
      const right = words[at + 1]!;
      const leftEven = left & EVEN;
      const leftOdd = (left >>> 8) & EVEN;
      const rightEven = right & EVEN;
      const rightOdd = (right >>> 8) & EVEN;
      a += leftEven;
      b += leftOdd;
      c += rightEven;
      d += rightOdd;
      const both = leftEven + leftOdd + rightEven + rightOdd;
      rows[to + row] = (both & HALF) + (both >>> 16);
      at += line;
    }
    columns[out] = a & HALF;
    columns[out + 1] = b & HALF;
    columns[out + 2] = a >>> 16;
    columns[out + 3] = b >>> 16;
    columns[out + 4] = c & HALF;
    columns[out + 5] = d & HALF;
    columns[out + 6] = c >>> 16;
    columns[out + 7] = d >>> 16;
    out += STEP;
    to += height;
  }
}
