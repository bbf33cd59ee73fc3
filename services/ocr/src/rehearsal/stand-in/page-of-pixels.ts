import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Line, PageText, Quad } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { MODELS } from '../reader-script.ts';
import type { Pace } from './pace.ts';

/** Milliseconds that a page takes, as long as reading a small one does: by its pixels, so that it takes as long each time. */
const FEWEST_MS = 40;
const MOST_MS = 240;

/** Words of a line of the text that fills a page. */
const WORDS_A_LINE = 8;

/** What stands for reading: a text that no other pixels give, after a while; with a pace, after exactly that while, and with so many more lines. */
export async function pageOfPixels({ data, width, height }: Raster, pace?: Pace): Promise<PageText> {
  const digest = createHash('sha256').update(data).digest('hex');
  const share = Number.parseInt(digest.slice(0, 4), 16) / 0xffff;
  await delay(pace?.holdMs ?? FEWEST_MS + share * (MOST_MS - FEWEST_MS));
  const total = `${Number.parseInt(digest.slice(4, 8), 16)}.00`;
  const filling = Array.from({ length: pace?.lines ?? 0 }, (_, line) =>
    `${line} ${digest.slice(0, 7)} `.repeat(WORDS_A_LINE / 2).trim(),
  );
  const texts = ['Invoice', `Invoice number: ${digest.slice(0, 16)}`, `Total: ${total}`, digest, ...filling];
  const lines = texts.map((text, index) => lineOf(text, { width, height, index, of: texts.length }));
  const quad = boxOf(0, 0, width, height);
  return { width, height, source: 'ocr', blocks: [{ quad, lines }], models: MODELS };
}

interface Place {
  readonly width: number;
  readonly height: number;
  readonly index: number;
  readonly of: number;
}

function lineOf(text: string, { width, height, index, of }: Place): Line {
  const [top, bottom] = [(height / of) * index, (height / of) * (index + 1)];
  const words = text.split(' ');
  return {
    text,
    quad: boxOf(0, top, width, bottom),
    confidence: 1,
    words: words.map((word, place) => ({
      text: word,
      quad: boxOf((width / words.length) * place, top, (width / words.length) * (place + 1), bottom),
      confidence: 1,
    })),
  };
}

function boxOf(left: number, top: number, right: number, bottom: number): Quad {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}
