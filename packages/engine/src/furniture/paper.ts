import type { Raster } from '../raster.ts';

/** Side of the squares, as a power of two, that each have a lightness of their own: 64 pixels hold some lines of print and the paper between them. */
const TILE_BITS = 6;
/** Every so many pixels, in both directions, one is looked at. */
const STRIDE = 4;
/** Grey levels that fall into one class when the lightness of paper is counted out. */
const CLASS_BITS = 3;
/** The part of a tile's pixels that may be darker than its paper: a tile in a dark picture takes the paper of its neighbours. */
const DARKER = 0.7;
/** Ink is darker than its paper by so many grey levels, and by this part of the paper's own: grain is not, light grey outlines are. */
const LEAST_DEPTH = 26;
const DEPTH_PART = 0.16;

/** From which grey level on a pixel is ink, tile by tile. */
export interface InkLevels {
  /** [tiles down, tiles across] */
  readonly levels: Uint8Array;
  readonly across: number;
  readonly bits: number;
}

/** How light paper is, over the page: what is darker by some levels is ink, on dark scans and in the shade of a fold too. */
export function inkLevels({ data, width, height, channels }: Raster): InkLevels {
  const across = ((width - 1) >> TILE_BITS) + 1;
  const down = ((height - 1) >> TILE_BITS) + 1;
  const classes = 256 >> CLASS_BITS;
  const counts = new Uint32Array(across * down * classes);
  for (let y = 0; y < height; y += STRIDE) {
    const row = (y >> TILE_BITS) * across;
    let at = y * width * channels;
    for (let x = 0; x < width; x += STRIDE) {
      const tile = row + (x >> TILE_BITS);
      counts[tile * classes + (data[at]! >> CLASS_BITS)]! += 1;
      at += STRIDE * channels;
    }
  }
  const paper = new Uint8Array(across * down);
  for (let tile = 0; tile < paper.length; tile += 1) paper[tile] = lightness(counts, tile * classes, classes);
  const levels = lightened(paper, across, down).map((level) =>
    Math.max(0, level - Math.max(LEAST_DEPTH, Math.round(level * DEPTH_PART))),
  );
  return { levels, across, bits: TILE_BITS };
}

/** The level that `DARKER` of a tile's pixels do not reach. */
function lightness(counts: Uint32Array, from: number, classes: number): number {
  let total = 0;
  for (let i = 0; i < classes; i += 1) total += counts[from + i]!;
  let passed = 0;
  for (let i = 0; i < classes; i += 1) {
    passed += counts[from + i]!;
    if (passed > total * DARKER) return (i << CLASS_BITS) + (1 << (CLASS_BITS - 1));
  }
  return 255;
}

/** A tile that is darker than most of its neighbours is inside something dark: it takes their middle lightness. */
function lightened(paper: Uint8Array, across: number, down: number): Uint8Array {
  const out = new Uint8Array(paper.length);
  const around: number[] = [];
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      around.length = 0;
      for (let j = Math.max(0, y - 1); j <= Math.min(down - 1, y + 1); j += 1) {
        for (let i = Math.max(0, x - 1); i <= Math.min(across - 1, x + 1); i += 1) around.push(paper[j * across + i]!);
      }
      around.sort((a, b) => a - b);
      out[y * across + x] = Math.max(paper[y * across + x]!, around[around.length >> 1]!);
    }
  }
  return out;
}
