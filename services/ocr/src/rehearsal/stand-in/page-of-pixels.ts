import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Line, PageText, Quad } from '@docusnap/contracts';
import type { Raster } from '@docusnap/engine';
import { MODELS } from '../reader-script.ts';

/** Milliseconds that a page takes, as long as reading a small one does: by its pixels, so that it takes as long each time. */
const FEWEST_MS = 40;
const MOST_MS = 240;

/** What stands for reading: a text that no other pixels give, after a while. */
export async function pageOfPixels({ data, width, height }: Raster): Promise<PageText> {
  const digest = createHash('sha256').update(data).digest('hex');
  const share = Number.parseInt(digest.slice(0, 4), 16) / 0xffff;
  await delay(FEWEST_MS + share * (MOST_MS - FEWEST_MS));
  const total = `${Number.parseInt(digest.slice(4, 8), 16)}.00`;
  const texts = ['Invoice', `Invoice number: ${digest.slice(0, 16)}`, `Total: ${total}`, digest];
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
