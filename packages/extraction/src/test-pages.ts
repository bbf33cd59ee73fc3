import type { Line, PageText, Quad } from '@docusnap/contracts';

/** Print for tests: a line at a place, 20 pixels high and 10 a letter. */
export interface Print {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly size?: number;
}

export const LETTER_WIDTH = 10;

export function pageOf(prints: readonly Print[]): PageText {
  const lines = prints.map(lineOf);
  return {
    width: 1000,
    height: 1400,
    source: 'ocr',
    angle: 0,
    blocks: lines.length === 0 ? [] : [{ quad: box(0, 0, 1000, 1400), lines }],
    models: null,
  };
}

/** Rows of print, each from the left edge; pieces of a row stand 300 pixels apart. */
export function pageOfRows(...rows: readonly (string | readonly string[])[]): PageText {
  return pageOf(
    rows.flatMap((row, at) =>
      [row].flat().map((text, column) => ({ text, left: 20 + column * 300, top: 40 + at * 30 })),
    ),
  );
}

function lineOf({ text, left, top, size = 20 }: Print): Line {
  const words = [...text.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    text: word,
    quad: box(left + index * LETTER_WIDTH, top, left + (index + word.length) * LETTER_WIDTH, top + size),
    confidence: 0.9,
  }));
  return { text, quad: box(left, top, left + text.length * LETTER_WIDTH, top + size), confidence: 0.9, words };
}

export function box(left: number, top: number, right: number, bottom: number): Quad {
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}
