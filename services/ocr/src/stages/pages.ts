import type { Raster } from '@docusnap/engine';
import { drawPage, type PageDrawing, textWidth } from '@docusnap/testing';
import { decodeFrame } from '../decode/decode-frame.ts';

const WIDTH = 620;
const HEIGHT = 460;
const LEFT = 40;
const RIGHT = 580;

/**
 * What stands at the left, and what ends at the right. No two are about equally long (lines are taken by their length), and no letters are such as
 * the recogniser is of two minds about: the record must not depend on the last digit of a processor's arithmetic. '' begins another block.
 */
const ROWS: readonly (readonly [string, string?])[] = [
  ['Summer garden supplies'],
  ['Receipt 4827', '16 March 2024'],
  [''],
  ['Spade made of ash', '34.50'],
  ['Large watering cans', '1279.95'],
  ['Hemp rope', '6.4'],
  [''],
  ['Amount due in pounds', '1320.85 net'],
  [''],
  ['Thank you for your visit. Goods may be returned'],
  ['within 28 days, unused, with this paper.'],
];
const ROW = 36;
const SIZE = 23;

/** A receipt as a scanner gives it: a little turned, blurred and grainy. */
function receipt(): PageDrawing {
  const lines = ROWS.flatMap(([left, right], row) => {
    const y = 60 + row * ROW;
    if (left === '') return [];
    const price = right === undefined ? [] : [{ text: right, x: RIGHT - textWidth(right, SIZE), y, size: SIZE }];
    return [{ text: left, x: LEFT, y, size: SIZE }, ...price];
  });
  return { width: WIDTH, height: HEIGHT, lines, rotateDegrees: 0.8, blur: 0.5, noise: 4, seed: 7 };
}

/** The pages that are taken through the stages, by name. */
export async function drawnPages(): Promise<ReadonlyMap<string, Raster>> {
  const upright = await decodeFrame(await drawPage(receipt()), 0, { maxPixels: WIDTH * HEIGHT });
  return new Map([
    ['a receipt', upright],
    ['a receipt turned by a quarter', turned(upright)],
  ]);
}

/** Clockwise, by a quarter; one channel. */
function turned({ width, height, data }: Raster): Raster {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) out[x * height + (height - 1 - y)] = data[y * width + x]!;
  }
  return { width: height, height: width, channels: 1, data: out };
}
