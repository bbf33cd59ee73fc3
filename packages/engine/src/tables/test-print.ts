import type { Line, Quad, Table } from '@docusnap/contracts';
import type { Rulings, Stroke } from '../rulings/rulings.ts';

/** Height of the print that is made here, and how wide a letter of it is, in pixels. */
export const SIZE = 20;
const LETTER = 10;

/** A line of print whose upper left corner is at (x, y). */
export function line(text: string, x: number, y: number): Line {
  let at = x;
  const words = text.split(' ').map((word) => {
    const quad = box(at, y, word.length * LETTER);
    at += word.length * LETTER + 5;
    return { text: word, quad, confidence: 1 };
  });
  return { text, quad: box(x, y, at - 5 - x), confidence: 1, words };
}

function box(x: number, y: number, width: number): Quad {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + SIZE],
    [x, y + SIZE],
  ];
}

/** Rows of texts, the cells of each row at `xs`, a row every `step` pixels from `y` on; '' is no print. */
export function rowsAt(rows: readonly (readonly string[])[], xs: readonly number[], y = 100, step = 40): Line[] {
  return rows.flatMap((cells, row) =>
    cells.flatMap((text, column) => (text === '' ? [] : [line(text, xs[column]!, y + row * step)])),
  );
}

export function level(y: number, from: number, to: number): Stroke {
  return { from: [from, y], to: [to, y], thickness: 2 };
}

export function upright(x: number, from: number, to: number): Stroke {
  return { from: [x, from], to: [x, to], thickness: 2 };
}

export const NO_RULINGS: Rulings = { horizontal: [], vertical: [] };

/** Strokes between all the places of a grid and around it. */
export function gridOfStrokes(xs: readonly number[], ys: readonly number[]): Rulings {
  return {
    horizontal: ys.map((y) => level(y, xs[0]!, xs[xs.length - 1]!)),
    vertical: xs.map((x) => upright(x, ys[0]!, ys[ys.length - 1]!)),
  };
}

/** Print and strokes turned clockwise around the origin. */
export function turned(lines: readonly Line[], rulings: Rulings, degrees: number): { lines: Line[]; rulings: Rulings } {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const point = ([x, y]: readonly [number, number]): [number, number] => [x * cos - y * sin, x * sin + y * cos];
  const quad = (corners: Quad): Quad => corners.map(point) as Quad;
  const stroke = ({ from, to, thickness }: Stroke): Stroke => ({ from: point(from), to: point(to), thickness });
  return {
    lines: lines.map((one) => ({
      ...one,
      quad: quad(one.quad),
      words: one.words.map((word) => ({ ...word, quad: quad(word.quad) })),
    })),
    rulings: { horizontal: rulings.horizontal.map(stroke), vertical: rulings.vertical.map(stroke) },
  };
}

/** The cells of a table as its rows of texts; a span stands as its text and its size. */
export function textsOf(table: Table | undefined): string[][] {
  const rows: string[][] = Array.from({ length: table?.rows ?? 0 }, () => []);
  for (const { row, row_span, column_span, text } of table?.cells ?? []) {
    rows[row]!.push(row_span * column_span > 1 ? `${text} (${row_span}x${column_span})` : text);
  }
  return rows;
}
