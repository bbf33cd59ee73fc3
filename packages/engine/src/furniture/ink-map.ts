import type { Raster } from '../raster.ts';
import { type InkLevels, inkLevels } from './paper.ts';

/** Which pixels are ink, one bit each: the whole of a page stays in a processor's cache. */
export interface InkMap {
  /** Row by row; the lowest bit of a word is its leftmost pixel. */
  readonly bits: Int32Array;
  /** Words in a row. */
  readonly stride: number;
}

/** Where pixels of a page lie in a frame. */
export interface Placing {
  /** Quarter turns clockwise. */
  readonly turn: number;
  readonly slope: number;
  readonly before: { readonly u: number; readonly v: number };
  /** Width of the page as it reads. */
  readonly across: number;
  /** Sides of the frame. */
  readonly width: number;
  readonly height: number;
}

/** The ink of a page in its frame. The page is passed over row by row, as it lies in memory. */
export function inkMapOf(page: Raster, { turn, slope, before, across, width, height }: Placing): InkMap {
  const stride = (width + 31) >> 5;
  const bits = new Int32Array(stride * height);
  const shiftX = new Int32Array(height).map((_, v) => Math.round((v - before.v) * slope) + before.u);
  const shiftY = new Int32Array(across).map((_, x) => before.v - Math.round(x * slope));
  const [lastX, lastY] = [page.width - 1, page.height - 1];
  const scan = scanOf(page);
  for (let py = 0; py < page.height; py += 1) {
    const row = inkOfRow(page, scan, py);
    for (let word = 0; word < row.length; word += 1) {
      let ink = row[word]!;
      if (ink === 0) continue;
      const start = word * 32;
      if (turn === 0 && shiftY[start] === shiftY[Math.min(start + 31, lastX)]) {
        // All of it falls into one row, over two words of it.
        const v = py + shiftY[start]!;
        const u = start + shiftX[v]!;
        const to = v * stride + (u >> 5);
        bits[to] = bits[to]! | (ink << (u & 31));
        // No ink is beyond the last pixel of a row, so nothing is added to the next.
        if ((u & 31) > 0 && to + 1 < bits.length) bits[to + 1] = bits[to + 1]! | (ink >>> (32 - (u & 31)));
        continue;
      }
      for (; ink !== 0; ink &= ink - 1) {
        const px = start + 31 - Math.clz32(ink & -ink);
        const x = turn === 0 ? px : turn === 1 ? py : turn === 2 ? lastX - px : lastY - py;
        const y = turn === 0 ? py : turn === 1 ? lastX - px : turn === 2 ? lastY - py : px;
        const v = y + shiftY[x]!;
        const u = x + shiftX[v]!;
        const to = v * stride + (u >> 5);
        bits[to] = bits[to]! | (1 << (u & 31));
      }
    }
  }
  return { bits, stride };
}

const HIGH = 0x80808080 | 0;
const ONES = 0x01010101;
const HALF = 0xffff;
/** In the three words of four pixels in colour: what lifts blue over every level, since blue ink is dark in red, red ink in green. */
const BLUE_FIRST = 0x00ff0000;
const BLUE_SECOND = 0x0000ff00;
const BLUE_THIRD = 0xff0000ff | 0;

/** What is needed to pass over a page row by row. */
interface Scan {
  readonly ink: InkLevels;
  /** One row of the page: as bytes, padded with paper, and as words of four of them. */
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Its ink, 32 pixels a word. */
  readonly row: Int32Array;
}

function scanOf(page: Raster): Scan {
  const bytes = new Uint8Array(((page.width + 3) >> 2) * 4 * page.channels).fill(255);
  const row = new Int32Array((page.width + 31) >> 5);
  return { ink: inkLevels(page), bytes, words: new Int32Array(bytes.buffer), row };
}

/**
 * The ink of one row, valid until the next is asked for. Four bytes are compared with their ink level at once, and nine of ten pixels are paper.
 * Machines that run this keep the first byte of a word in its lowest bits.
 */
function inkOfRow(
  { data, width, channels }: Raster,
  { ink: { levels, across, bits }, bytes, words, row }: Scan,
  y: number,
): Int32Array {
  bytes.set(data.subarray(y * width * channels, (y + 1) * width * channels));
  row.fill(0);
  const fours = (width + 3) >> 2;
  for (let tile = 0; tile < across; tile += 1) {
    const level = levels[(y >> bits) * across + tile]!;
    const lows = Math.imul(level & 127, ONES);
    const isDark = level < 128 ? -1 : 0;
    const start = tile << (bits - 2);
    const end = Math.min(fours, start + (1 << (bits - 2)));
    for (let four = start; four < end; four += 1) {
      const ink = channels === 1 ? inkOfGrey(words[four]!, lows, isDark) : inkOfColours(words, four * 3, lows, isDark);
      if (ink !== 0) row[four >> 3] = row[four >> 3]! | (ink << ((four & 7) * 4));
    }
  }
  return row;
}

/** Which of four pixels are ink, in four bits. */
function inkOfGrey(word: number, lows: number, isDark: number): number {
  const dark = below(word, lows, isDark);
  return dark === 0 ? 0 : ((dark >>> 7) & 1) | ((dark >>> 14) & 2) | ((dark >>> 21) & 4) | ((dark >>> 28) & 8);
}

function inkOfColours(words: Int32Array, at: number, lows: number, isDark: number): number {
  const a = below(words[at]! | BLUE_FIRST, lows, isDark);
  const b = below(words[at + 1]! | BLUE_SECOND, lows, isDark);
  const c = below(words[at + 2]! | BLUE_THIRD, lows, isDark);
  if ((a | b | c) === 0) return 0;
  const [first, second] = [(a & 0x8080) !== 0 ? 1 : 0, a < 0 || (b & 0x80) !== 0 ? 2 : 0];
  return first | second | ((b & ~HALF) !== 0 ? 4 : 0) | ((c & ~0xff) !== 0 ? 8 : 0);
}

/** The high bits of those bytes of a word that are below a level: `lows` is its low seven bits four times, `isDark` -1 where it is below 128, else 0. */
function below(word: number, lows: number, isDark: number): number {
  const notLow = ((word | HIGH) - lows) | 0;
  return ~((word & notLow) | ((word | notLow) & isDark)) & HIGH;
}
