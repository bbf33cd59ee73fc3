import type { Failure, JobPage, Line, PageText, Quad, Table, Word } from '@docusnap/contracts';
import type { Leaf, ReadLeaf } from './leaves.ts';

/** Height of the print that is made here, in pixels, and how wide a letter of it is. */
export const SIZE = 20;
export const LETTER = 10;

const model = { name: 'none', sha256: '0' };
const models = { detection: model, orientation: model, recognition: model };

export interface LineAt {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Of its print; `SIZE` unless given. */
  readonly size?: number;
}

/** A line as it is printed at a place: each letter as wide as half its size (Han as its size), a space between words. */
export function lineAt({ text, x, y, size = SIZE }: LineAt): Line {
  let at = x;
  const words = text.split(' ').map((word): Word => {
    const width = Array.from(word).reduce((total, letter) => total + (letter > '\u2e80' ? size : size / 2), 0);
    const quad = upright(at, y, width, size);
    at += width + size / 2;
    return { text: word, quad, confidence: 0.9876 };
  });
  return { text, quad: upright(x, y, at - size / 2 - x, size), confidence: 0.9876, words };
}

export function upright(x: number, y: number, width: number, height: number): Quad {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** A page of blocks of lines. */
export function pageOf(blocks: readonly (readonly Line[])[], page: { width?: number; height?: number } = {}): PageText {
  const { width = 1_000, height = 1_400 } = page;
  return {
    width,
    height,
    source: 'ocr',
    blocks: blocks.map((lines) => ({ quad: around(lines), lines: [...lines] })),
    models,
  };
}

/** Lines under each other, one block: 30 pixels from line to line. */
export function column(texts: readonly string[], { x = 100, y = 100, size = SIZE } = {}): Line[] {
  return texts.map((text, index) => lineAt({ text, x, y: y + index * size * 1.5, size }));
}

/** The page turned clockwise by quarters or degrees around its origin; quads may then leave the page. */
export function turned(page: PageText, degrees: number, by: readonly [number, number] = [0, 0]): PageText {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const turn = (quad: Quad): Quad =>
    quad.map(([x, y]) => [x * cos - y * sin + by[0], x * sin + y * cos + by[1]]) as Quad;
  const lines = (all: readonly Line[]): Line[] =>
    all.map((line) => ({
      ...line,
      quad: turn(line.quad),
      words: line.words.map((word) => ({ ...word, quad: turn(word.quad) })),
    }));
  return { ...page, blocks: page.blocks.map((block) => ({ quad: turn(block.quad), lines: lines(block.lines) })) };
}

function around(lines: readonly Line[]): Quad {
  const points = lines.flatMap((line) => line.quad);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return upright(x, y, Math.max(...xs) - x, Math.max(...ys) - y);
}

export function jobPage(number: number, error: Failure | null = null, fileIndex = number - 1): JobPage {
  const status = error ? 'failed' : 'done';
  return { number, fileIndex, fileFrame: 0, status, attempts: 1, error, stages: null, version: 1 } as JobPage;
}

export function leaf(number: number, text: PageText): ReadLeaf {
  return { kind: 'page', number, page: jobPage(number), text };
}

export async function* leaves(...all: readonly Leaf[]): AsyncGenerator<Leaf> {
  yield* all;
}

export function failedPage(number: number, code: Failure['code']): Leaf {
  const page = jobPage(number, { code, message: 'It failed.', retryable: false });
  return { kind: 'failed page', number, page, reason: `page ${number}: ${code}` };
}

export async function textOf(parts: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(parts)).join('');
}

export function wordsOf(page: PageText): string[] {
  return page.blocks.flatMap(({ lines }) => lines.flatMap(({ words }) => words.map(({ text }) => text)));
}

/** Text with everything that markup and rows of text could stumble over. */
export const HOSTILE = `a&b <c> "d" 'e' ]]> --> &amp; \u0001\u000b\u001f\u007f\u0085 \ud800 \ufffe \t| \\ 中文 😀`;

/** A table of texts with its upper left corner at (x, y): cells of 200 x 40 pixels. */
export function tableAt(rows: readonly (readonly string[])[], x = 100, y = 100): Table {
  const columns = rows[0]!.length;
  return {
    quad: upright(x, y, columns * 200, rows.length * 40),
    ruled: true,
    rows: rows.length,
    columns,
    cells: rows.flatMap((cells, row) =>
      cells.map((text, column) => ({
        row,
        column,
        row_span: 1,
        column_span: 1,
        quad: upright(x + column * 200, y + row * 40, 200, 40),
        text,
      })),
    ),
  };
}

/** A page with a table's print, and lines above, beside and below it. */
export function pageWithTable(rows: readonly (readonly string[])[]): PageText {
  const cells = rows.flatMap((texts, row) =>
    texts.flatMap((text, column) => (text === '' ? [] : [lineAt({ text, x: 110 + column * 200, y: 310 + row * 40 })])),
  );
  const page = pageOf([
    [lineAt({ text: 'Above it', x: 100, y: 100 })],
    cells,
    [lineAt({ text: 'Below it', x: 100, y: 800 })],
  ]);
  return { ...page, tables: [tableAt(rows, 100, 300)] };
}
