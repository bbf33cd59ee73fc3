import type { Line, PageText, Quad } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { areaOf, boxAround, merged, overlapOf, unionOf } from './boxes.ts';
import type { Box, PdfPage } from './page.ts';
import type { Picture } from './pictures.ts';
import { render } from './render.ts';
import { POINTS, pictureDpi } from './resolution.ts';
import type { ReadRaster } from './trust.ts';

/** Pictures are looked at from this size on, in points: a quarter of an inch. Smaller ones are bullets and icons. */
const LEAST_SIDE = 18;
/** Pictures this near to each other, in points, are parts of one: scanners cut pages into strips and tiles. */
const TILE_GAP = 2;
/** More regions than this are read as one that holds them all. */
const MOST_REGIONS = 12;
/** Pixels rendered for one region at most. */
const MOST_PIXELS = 40_000_000;
/** A line read from pixels is the layer's own where this part of it lies on words of the layer. */
const SAME_PART = 0.4;

/** What the pixels of one region of a page say, in points of the page. */
export interface RegionText {
  readonly lines: readonly Line[];
  readonly models: PageText['models'];
}

/** A part of the page that holds pictures. */
export interface Region extends Box {
  readonly dpi: number;
}

/** Where the page has pictures whose text the layer does not have. `known` are the boxes of invisible words: such a picture was read before. */
export function regionsOf(pictures: readonly Picture[], known: readonly Box[]): Region[] {
  const unread = pictures.filter((picture) => {
    const isLarge = picture.right - picture.left >= LEAST_SIDE && picture.bottom - picture.top >= LEAST_SIDE;
    return isLarge && !known.some((word) => areaOf(overlapOf(word, picture)) > areaOf(word) / 2);
  });
  const boxes = merged(unread, TILE_GAP);
  const regions = boxes.length > MOST_REGIONS ? [boxes.reduce(unionOf)] : boxes;
  return regions.map((region) => {
    const inside = unread.filter((picture) => areaOf(overlapOf(picture, region)) > 0);
    return { ...region, dpi: Math.max(...inside.map(pictureDpi)) };
  });
}

/** Reads a region with the layer's own words blanked out, at the resolution of its pictures. */
export async function readRegion(
  page: PdfPage,
  region: Region,
  words: readonly Box[],
  read: ReadRaster,
): Promise<RegionText> {
  const scale = Math.min(region.dpi / POINTS, Math.sqrt(MOST_PIXELS / areaOf(region)));
  const left = Math.floor(region.left * scale);
  const top = Math.floor(region.top * scale);
  const width = Math.max(1, Math.ceil(region.right * scale) - left);
  const height = Math.max(1, Math.ceil(region.bottom * scale) - top);
  const raster = render(page, { scale, left, top, width, height });
  const inside = words.filter((word) => areaOf(overlapOf(word, region)) > 0);
  for (const word of inside) blank(raster, word, { scale, left, top });
  const seen = await read(raster);
  const back = ([x, y]: readonly [number, number]): [number, number] => [(x + left) / scale, (y + top) / scale];
  const lines = seen.blocks.flatMap((block) => block.lines).map((line) => moved(line, back));
  return { lines: lines.filter((line) => !isOnWords(line, inside)), models: seen.models };
}

/** Paints a word over with the colour beside its upper left corner. */
function blank(
  { data, width, height, channels }: Raster,
  word: Box,
  { scale, left, top }: { scale: number; left: number; top: number },
): void {
  const x0 = Math.max(0, Math.floor(word.left * scale) - left);
  const y0 = Math.max(0, Math.floor(word.top * scale) - top);
  const x1 = Math.min(width, Math.ceil(word.right * scale) - left);
  const y1 = Math.min(height, Math.ceil(word.bottom * scale) - top);
  if (x1 <= x0 || y1 <= y0) return;
  const at = (y0 * width + Math.max(0, x0 - 1)) * channels;
  const colour = data.slice(at, at + channels);
  for (let y = y0; y < y1; y += 1) {
    for (let x = x0; x < x1; x += 1) data.set(colour, (y * width + x) * channels);
  }
}

function isOnWords(line: Line, words: readonly Box[]): boolean {
  const box = boxAround([line.quad]);
  const covered = words.reduce((sum, word) => sum + areaOf(overlapOf(box, word)), 0);
  return covered > SAME_PART * areaOf(box);
}

export function moved(line: Line, move: (point: readonly [number, number]) => [number, number]): Line {
  const quadOf = ([a, b, c, d]: Quad): Quad => [move(a), move(b), move(c), move(d)];
  return { ...line, quad: quadOf(line.quad), words: line.words.map((word) => ({ ...word, quad: quadOf(word.quad) })) };
}
