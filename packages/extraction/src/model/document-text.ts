import { type Line, linesOf, type PageText, type Quad, type Table } from '@docusnap/contracts';
import type { NumberedPage } from '../extract.ts';
import { type Piece, rowsOf } from '../layout/rows.ts';

/** A page, or a part of one, as a language model gets it: blocks of lines of text. */
export interface TextPage {
  /** From 1. */
  readonly number: number;
  readonly blocks: readonly (readonly string[])[];
}

/** Between two pieces of print in a row. */
const APART = '   ';

/**
 * The text of pages in reading order. Pieces side by side that follow each other are one line, as a label and its value are; a ticked box stands
 * before what it belongs to as "[x]", an open one as "[ ]", a blank as "____"; tables are repeated cell by cell where the page has them.
 */
export function textOf(pages: readonly NumberedPage[]): TextPage[] {
  return pages.map(({ number, text }) => ({ number, blocks: blocksOf(text) }));
}

function blocksOf(page: PageText): string[][] {
  const signs = signsOf(page);
  const rowOf = new Map(rowsOf(page, 1).flatMap((row, at) => row.pieces.map((piece) => [piece.line, at] as const)));
  const blocks = page.blocks.map(({ lines }) => {
    const rows: { row: number | undefined; text: string }[] = [];
    for (const line of lines) {
      const [row, text] = [
        rowOf.get(line),
        `${signs.before.get(line) ?? ''}${line.text}${signs.behind.get(line) ?? ''}`,
      ];
      const last = rows.at(-1);
      if (last !== undefined && last.row === row) last.text += APART + text;
      else rows.push({ row, text });
    }
    return rows.map(({ text }) => text);
  });
  return [...blocks, ...(page.tables ?? []).map(tableText)].filter((block) => block.length > 0);
}

function tableText(table: Table): string[] {
  const rows = Array.from({ length: table.rows }, () => Array.from({ length: table.columns }, () => ''));
  for (const { row, column, text } of table.cells) rows[row]![column] = text.replaceAll('\n', ' ');
  return ['(table)', ...rows.map((cells) => cells.join(' | '))];
}

/** What stands before and behind a line that is no print. */
function signsOf(page: PageText): { before: Map<Line, string>; behind: Map<Line, string> } {
  const pieces = rowsOf(page, 1).flatMap((row) => row.pieces);
  const [before, behind] = [new Map<Line, string>(), new Map<Line, string>()];
  for (const { quad, checked } of page.checkboxes ?? []) {
    const place = placeOf(quad);
    const line = nearest(pieces, place, (piece) => piece.left - place.middle);
    if (line) before.set(line, `${checked ? '[x] ' : '[ ] '}${before.get(line) ?? ''}`);
  }
  for (const { quad } of page.blanks ?? []) {
    const place = placeOf(quad);
    const line = nearest(pieces, place, (piece) => place.middle - piece.right);
    if (line) behind.set(line, ' ____');
  }
  return { before, behind };
}

interface Place {
  readonly middle: number;
  readonly top: number;
  readonly bottom: number;
}

function placeOf(quad: Quad): Place {
  const [xs, ys] = [quad.map(([x]) => x), quad.map(([, y]) => y)];
  return { middle: (Math.min(...xs) + Math.max(...xs)) / 2, top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** The piece level with a place that is nearest to it on one side. */
function nearest(pieces: readonly Piece[], { top, bottom }: Place, away: (piece: Piece) => number): Line | undefined {
  const beside = pieces
    .filter(({ middle, height }) => middle > top - height / 2 && middle < bottom + height / 2)
    .map((piece) => ({ line: piece.line, distance: away(piece) }))
    .filter(({ distance }) => distance > 0)
    .toSorted((a, b) => a.distance - b.distance);
  return beside[0]?.line;
}

/** Whether pages hold any print at all. */
export function isBlank(pages: readonly NumberedPage[]): boolean {
  return pages.every(({ text }) => linesOf(text).length === 0);
}
