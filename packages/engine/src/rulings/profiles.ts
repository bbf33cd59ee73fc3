import type { Raster } from '../raster.ts';

/** Pixels that make one sum. At five degrees a stroke moves by 0.7 of a pixel over them. */
export const STEP = 8;

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
  const line = new Uint8Array(width * STEP);
  for (let block = 0; block < down; block += 1) {
    const top = block * STEP;
    const grey = channels === 1 ? data.subarray(top * width, (top + STEP) * width) : greyLines(line, data, top, width);
    addBlocks(grey, width, { rows, columns, height, top, block, across });
  }
  return {
    rows: { sums: rows, strips: across, length: height },
    columns: { sums: columns, strips: down, length: width },
  };
}

function greyLines(line: Uint8Array, data: Uint8Array, top: number, width: number): Uint8Array {
  let at = top * width * 3;
  for (let i = 0; i < line.length; i += 1) {
    line[i] = (data[at]! + data[at + 1]!) >> 1;
    at += 3;
  }
  return line;
}

interface Into {
  readonly rows: Uint16Array;
  readonly columns: Uint16Array;
  readonly height: number;
  readonly top: number;
  readonly block: number;
  readonly across: number;
}

/** Eight rows of the page, written out one by one: a loop over them takes three times as long. */
function addBlocks(grey: Uint8Array, width: number, { rows, columns, height, top, block, across }: Into): void {
  const out = block * width;
  for (let strip = 0; strip < across; strip += 1) {
    let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
    const end = strip * STEP + STEP;
    for (let x = strip * STEP; x < end; x += 1) {
      let at = x;
      const v0 = grey[at]!;
      at += width;
      const v1 = grey[at]!;
      at += width;
      const v2 = grey[at]!;
      at += width;
      const v3 = grey[at]!;
      at += width;
      const v4 = grey[at]!;
      at += width;
      const v5 = grey[at]!;
      at += width;
      const v6 = grey[at]!;
      at += width;
      const v7 = grey[at]!;
      a += v0;
      b += v1;
      c += v2;
      d += v3;
      e += v4;
      f += v5;
      g += v6;
      h += v7;
      columns[out + x] = v0 + v1 + v2 + v3 + v4 + v5 + v6 + v7;
    }
    const to = strip * height + top;
    rows[to] = a;
    rows[to + 1] = b;
    rows[to + 2] = c;
    rows[to + 3] = d;
    rows[to + 4] = e;
    rows[to + 5] = f;
    rows[to + 6] = g;
    rows[to + 7] = h;
  }
}
