import type { Chunk, ChunkRow } from './chunks.ts';
import { median } from './sizes.ts';

/** A number, an amount, a share, a date, a time; or the signs that stand where there is none. */
const NUMBER =
  /^[\p{Sc}(+\-−–]{0,3}\s?\d[\d\s.,:'’/-]*\s?(?:%|[)\p{Sc}*]|[A-Z]{1,3}|kg|km|mm|cm|ml|[a-zµ]{1,2})?\)?$|^(?:[-–—*]+|n\/a|nil)$/iu;
/** What names a blank or a value on a form ends so. */
const LABEL = /[:：]$/;
/** A mark or number before an item of a list. */
const ITEM = /^(?:[•·▪◦‣*–—-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\[\d+\])$/i;
/** Edges of cells in one column lie within this part of the height of print. */
const ALIGNED = 0.6;
/** A line of running text fills this part of its column, and is so many letters long. */
const FULL = 0.8;
const PROSE_LETTERS = 18;
const PROSE_LINES = 4;

/** What stands in one column of a stretch of rows. */
export interface PrintColumn {
  readonly filled: number;
  /** Part of its cells that are numbers, 0..1. */
  readonly numbers: number;
  readonly labels: number;
  readonly items: number;
  /** Part of its cells that begin, end or are centred at one place. */
  readonly aligned: number;
  readonly isProse: boolean;
}

/** @param cells those of one column, from top to bottom; `size` the height of print */
export function describeColumn(cells: readonly Chunk[], size: number): PrintColumn {
  const part = (pattern: RegExp) => cells.filter(({ text }) => pattern.test(text)).length / Math.max(1, cells.length);
  const edges = [
    cells.map(({ left }) => left),
    cells.map(({ right }) => right),
    cells.map(({ left, right }) => (left + right) / 2),
  ];
  const aligned = edges.map((at) => {
    const middle = median(at);
    return at.filter((edge) => Math.abs(edge - middle) <= ALIGNED * size).length / Math.max(1, at.length);
  });
  const width = Math.max(...cells.map(({ right }) => right)) - Math.min(...cells.map(({ left }) => left));
  const full = cells.filter(({ left, right }) => right - left >= FULL * width);
  const letters = median(cells.map(({ text }) => text.length));
  return {
    filled: cells.length,
    numbers: part(NUMBER),
    labels: part(LABEL),
    items: part(ITEM),
    aligned: Math.max(...aligned),
    isProse: cells.length >= PROSE_LINES && letters >= PROSE_LETTERS && full.length >= 0.55 * cells.length,
  };
}

/** Whether most words of a row are numbers: headings and continued text are not. */
export function hasNumbers({ chunks }: ChunkRow): boolean {
  return chunks.some(({ text }) => NUMBER.test(text));
}
