import type { SKRSContext2D } from '@napi-rs/canvas';
import { sentence } from './contents.ts';

/** What painting on a page needs. */
export interface Page {
  readonly context: SKRSContext2D;
  readonly random: () => number;
  readonly width: number;
  readonly height: number;
  readonly margin: number;
  readonly size: number;
  readonly fonts: readonly string[];
}

/** Running text, broken at the width; gives where it ends. */
export function paintProse(
  { context, random, size, height, margin }: Page,
  { x, y, width, lines, font }: { x: number; y: number; width: number; lines: number; font: string },
): number {
  context.font = `${size}px "${font}"`;
  context.fillStyle = '#1a1a1a';
  let at = y + size;
  let [line, words] = ['', sentence(random, lines * 30).split(' ')];
  for (let drawn = 0; drawn < lines && at < height - margin; ) {
    const [word = '', ...rest] = words;
    const longer = line === '' ? word : `${line} ${word}`;
    if (context.measureText(longer).width <= width && words.length > 0) [line, words] = [longer, rest];
    else {
      context.fillText(line, x, at);
      at += size * 1.4;
      drawn += 1;
      line = '';
      if (context.measureText(word).width > width) words = rest;
    }
  }
  return at;
}
